"""How many alerts a group holds, and each of them with its labels, since when and from where; found and paged."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.alerts.queries import AlertFilter
from tocsin.domain.alerts.tests.conftest import Feed, alert
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def responder() -> Client:
    made = accounts.add_person(HOUSE, email="ria@example.org", name="Ria", roles=[Role.RESPONDER])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def feed() -> Feed:
    return Feed(alert_commands.add_integration(HOUSE, kind="prometheus", name="Prometheus").id)


def full_disks(feed: Feed, count: int) -> str:
    """Full disks, and one server that does not answer; the reference of their incident."""
    feed.prometheus(
        *(alert(instance=f"db-{n}", annotations={"summary": f"Disk {n} is full"}) for n in range(count)),
        alert("HostDown", host="böhm-1", annotations={"summary": "No answer"}),
    )
    run_engine()
    return queries.proposals(HOUSE)[0].row.reference


def see(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def group_of(reference: str, alerts: int) -> str:
    """The id of the group of the incident that holds so many alerts."""
    ids = [group.group_id for group in queries.hub(HOUSE, reference).groups]
    return next(row.id for row in alert_queries.groups(HOUSE, ids) if row.total == alerts)


def test_panel_and_hub_count_the_alerts_of_a_group_and_lead_to_each_of_them(responder: Client, feed: Feed) -> None:
    reference = full_disks(feed, 4)
    group = group_of(reference, 4)
    alert_commands.resolve_alert(HOUSE, alert_id=_alert(group, "db-2"), reason="Cleaned up")
    run_engine()
    where = f"/incidents/{reference}/alerts/?group={group}"
    for path in ("/detect/classification/", f"/incidents/{reference}/classification/", f"/incidents/{reference}/"):
        page = see(responder, path)
        assert "3 of 4 firing" in page, path
        assert where in page, path
    assert "4 firing" in see(responder, f"/incidents/{reference}/").split('id="alerts"')[1], "three disks, one host"
    commands.confirm(HOUSE, incident=reference)
    assert ", by 2 groups" in see(responder, f"/incidents/{reference}/"), "five alerts: groups are counted as groups"
    page = see(responder, where)
    assert all(f'instance="db-{n}"' in page for n in range(4))
    assert page.count("Resolved</span>") == 1
    assert "All of them have" in page
    assert "No answer" not in page.split("<tbody>")[1]


def _alert(group: str, instance: str) -> str:
    found = alert_queries.alerts(HOUSE, AlertFilter(states=(), group_ids=(group,))).alerts
    return next(each.id for each in found if each.labels["instance"] == instance)


def test_a_long_list_is_paged_and_searched_by_label(responder: Client, feed: Feed) -> None:
    reference = full_disks(feed, 60)
    where = f"/incidents/{reference}/alerts/"
    page = see(responder, where)
    assert "1 to 25 of 61" in page
    assert page.count("<tr>") == 1 + 25
    further = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert see(responder, further).count("<tr>") == 1 + 25
    for words in ("db-41", "böhm", "Disk 41"):
        assert "1 to 1 of 1" in see(responder, f"{where}?q={words}"), words
    assert "No row fits this filter" in see(responder, f"{where}?q=nowhere")
    assert "No row fits this filter" in see(responder, f"{where}?group=01a22800-0000-7000-8000-000000000000")
    assert responder.get(f"{where}?format=csv").content.count(b"\n") == 1 + 61


def test_an_incident_that_no_alert_made_says_so_and_a_hidden_one_is_not_there(responder: Client, feed: Feed) -> None:
    made = commands.declare(HOUSE, title="Shop slow", kind="disruption", page=False)
    assert "No alert is kept" in see(responder, f"/incidents/{queries.row(HOUSE, made).reference}/alerts/")
    reference = full_disks(feed, 1)
    commands.change(HOUSE, incident=reference, kind="security")
    assert responder.get(f"/incidents/{reference}/alerts/").status_code == 404


def test_the_way_of_an_alert_says_everything_that_its_source_said(responder: Client, feed: Feed) -> None:
    feed.prometheus(alert(instance="db-1", annotations={"summary": "Full", "runbook_url": "https://wiki.example/disk"}))
    run_engine()
    found = alert_queries.alerts(HOUSE, AlertFilter(states=())).alerts[0]
    said = see(responder, f"/detect/way/{found.id}/").split('id="said"')[1].split("</section>")[0]
    assert "db-1" in said
    assert '<a href="https://wiki.example/disk" rel="nofollow">' in said
