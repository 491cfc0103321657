"""What keeps alerts quiet, as browsers meet it: plan, change, end; and signals that could not be read."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.ports import Accepted, accepted
from tocsin.domain.catalog import commands as catalog
from tocsin.kernel.actor import Role, system
from tocsin.kernel.clock import now

HOUSE = system("test")
ROOT = "/settings/alert-rules/"
pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    made = accounts.add_person(HOUSE, email=f"{role}@example.org", name=role.value.capitalize(), roles=[role])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def window(**more: object) -> dict[str, object]:
    said = {"name": "Move the database", "matchers": "a=b", "starts": "2099-01-13T22:00", "lasts": "2h"}
    return {**said, "zone": "Europe/Berlin", **more}


def test_a_window_is_planned_on_the_wall_of_its_zone_and_shown_as_typed(admin: Client) -> None:
    shop = catalog.add_service(HOUSE, name="Shop")
    answer = admin.post(f"{ROOT}maintenance/add/", window(services=[shop], repeats="monthly-weekday"))
    view = queries.maintenances(HOUSE)[0]
    assert (view.rule, view.starts_at.isoformat()) == ("FREQ=MONTHLY;BYDAY=2TU", "2099-01-13T21:00:00+00:00")
    page = admin.get(answer["Location"]).content.decode()
    assert 'value="2099-01-13T22:00"' in page
    assert "FREQ=MONTHLY;BYDAY=2TU" in page
    assert "Shop and a=" in admin.get(ROOT).content.decode()
    assert b"Move the database,planned" in admin.get(f"{ROOT}?format=csv").content


def test_a_bad_window_keeps_the_input_and_names_the_field(admin: Client) -> None:
    for field, wrong in (
        ("lasts", window(lasts="25h", repeats="FREQ=DAILY")),
        ("rule", window(repeats="custom", rule="FREQ=SECONDLY")),
        ("starts", window(starts="soon")),
        ("services", window(matchers="")),
        ("matchers", window(matchers="{{")),
    ):
        answer = admin.post(f"{ROOT}maintenance/add/", wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert "Move the database" in answer.content.decode()
    assert queries.maintenances(HOUSE) == []


def test_work_is_ended_skipped_changed_and_removed_by_buttons(admin: Client) -> None:
    admin.post(f"{ROOT}maintenance/add/", window(repeats="FREQ=WEEKLY"))
    view = queries.maintenances(HOUSE)[0]
    page = f"{ROOT}maintenance/{view.id}/"
    assert "Skip the next" in admin.get(page).content.decode()
    admin.post(f"{page}end/")
    assert queries.maintenance(HOUSE, view.id).starts_at == view.starts_at + timedelta(days=7)
    admin.post(page, window(name="Move it back"))
    assert queries.maintenance(HOUSE, view.id).name == "Move it back"
    admin.post(f"{page}remove/")
    assert queries.maintenances(HOUSE) == []
    assert admin.get(page).status_code == 404


def test_an_inhibition_is_added_shown_with_what_it_keeps_quiet_and_removed(admin: Client) -> None:
    said = {"name": "Host down", "source": "alertname=HostDown", "target": "alertname=Slow", "equal": "host, "}
    admin.post(f"{ROOT}inhibitions/add/", {**said, "enabled": "on"})
    view = queries.inhibitions(HOUSE)[0]
    assert view.equal == ("host",)
    source = commands.add_integration(HOUSE, kind="prometheus", name="Prometheus").id
    for name in ("HostDown", "Slow"):
        raw = b'{"labels":{"alertname":"%s","host":"db-1"}}' % name.encode()
        commands.accept(HOUSE, rows=[accepted(source, "alertmanager", name, raw)])
    run_engine()
    page = admin.get(f"{ROOT}inhibitions/{view.id}/").content.decode()
    assert "Slow" in page[page.index('id="quiet"') :]
    assert b"Host down,enabled,1" in admin.get(f"{ROOT}inhibitions/?format=csv").content
    assert admin.post(f"{ROOT}inhibitions/{view.id}/", {**said, "target": "alertname=HostDown"}).status_code == 422
    admin.post(f"{ROOT}inhibitions/{view.id}/remove/")
    assert queries.inhibitions(HOUSE) == []


def test_a_silence_is_extended_and_ended(admin: Client) -> None:
    end = now() + timedelta(hours=1)
    id_ = commands.add_silence(HOUSE, matchers="a=b", ends_at=end, comment="planned")
    page = f"{ROOT}silences/{id_}/"
    assert "planned" in admin.get(f"{ROOT}silences/").content.decode()
    admin.post(page, {"by": "2h"})
    assert queries.silence(HOUSE, id_).ends_at == end + timedelta(hours=2)
    assert queries.silence(HOUSE, id_).comment == "planned"
    assert admin.post(page, {"by": "often"}).status_code == 422
    admin.post(f"{page}end/")
    assert queries.silence(HOUSE, id_).state == "expired"
    assert b"expired" in admin.get(f"{ROOT}silences/?format=csv").content


def test_an_unread_signal_shows_what_came_and_is_read_again_or_discarded_with_a_reason(admin: Client) -> None:
    source = commands.add_integration(HOUSE, kind="generic", name="Cron").id
    for raw in (b'{"title": 1}', b"not <b>JSON</b>"):
        commands.bury_accepted(HOUSE, row=Accepted(source, "generic", 0, "0" * 64, raw), error="no title")
    bad, odd = queries.dead_signals(HOUSE)
    page = admin.get(f"{ROOT}unread/{bad.id}/").content.decode()
    assert "not &lt;b&gt;JSON" in page
    assert "no title" in page
    assert admin.post(f"{ROOT}unread/{bad.id}/", {"reason": ""}).status_code == 422
    admin.post(f"{ROOT}unread/{bad.id}/", {"reason": "a typing test"})
    admin.post(f"{ROOT}unread/{odd.id}/retry/")
    run_engine()
    assert [(d.payload, d.id != odd.id) for d in queries.dead_signals(HOUSE)] == [('{"title": 1}', True)]
    types = [entry.type for entry in read_stream(f"integration:{source}")]
    assert types[-2:] == ["alerts.signal_discarded", "alerts.signal_retried"]
    assert admin.get(f"{ROOT}unread/{bad.id}/").status_code == 404


def test_a_viewer_sees_rules_but_changes_none(admin: Client) -> None:
    admin.post(f"{ROOT}maintenance/add/", window())
    viewer, view = signed_in(Role.VIEWER), queries.maintenances(HOUSE)[0]
    page = viewer.get(f"{ROOT}maintenance/{view.id}/")
    assert (page.status_code, b"Save" in page.content) == (200, False)
    assert viewer.post(f"{ROOT}maintenance/{view.id}/", window()).status_code == 403
    assert viewer.post(f"{ROOT}maintenance/{view.id}/end/").status_code == 403
    assert viewer.get(f"{ROOT}maintenance/add/").status_code == 403
    assert viewer.get(f"{ROOT}unread/").status_code == 403


@pytest.mark.parametrize("page", ["", "inhibitions/", "silences/", "unread/"])
def test_lists_cost_the_same_with_three_rows_and_thirty(page: str, admin: Client) -> None:
    shop = catalog.add_service(HOUSE, name="Shop")
    counts = []
    admin.get(ROOT + page)
    for many in (3, 27):
        for n in range(many):
            later = now() + timedelta(hours=n + 1)
            commands.save_maintenance(
                HOUSE, name=f"W{n}", starts_at=later, lasts=timedelta(hours=1), services=[shop], matchers="a=b"
            )
            commands.save_inhibition(HOUSE, name=f"I{n}", source="a=b", target="c=d")
            commands.add_silence(HOUSE, matchers="a=b", ends_at=later, comment="x")
            row = Accepted("00000000-0000-7000-8000-000000000000", "generic", 0, "0" * 64, b"x")
            commands.bury_accepted(HOUSE, row=row, error="x")
        with CaptureQueriesContext(connection) as made:
            assert admin.get(ROOT + page).status_code == 200
        counts.append(len(made))
    assert counts[0] == counts[1]
