"""The screen of mending, as browsers meet it."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mateo() -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def alarmed() -> str:
    made = alerts.add_integration(HOUSE, kind="generic", name="Cron")
    alerts.send_test_alert(HOUSE, integration_id=made.id, severity=Severity.CRITICAL)
    run_engine()
    return queries.proposals(HOUSE)[0].row.reference


def mended() -> None:
    for alert in alert_queries.alerts(HOUSE).alerts:
        alerts.resolve_alert(HOUSE, alert_id=alert.id, reason="mended")
    run_engine()


def see(client: Client, ref: str) -> str:
    response = client.get(f"/incidents/{ref}/resolution/")
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, ref: str, do: str, status: int = 302, **given: str) -> str:
    response = client.post(f"/incidents/{ref}/resolution/", {"do": do, **given})
    assert response.status_code == status, response.content.decode()[:1500]
    return response.content.decode()


def test_a_fix_that_does_not_hold_says_what_speaks_against_it(mateo: Actor, alarmed: str) -> None:
    client = signed_in(mateo)
    page = see(client, alarmed)
    assert "Test alert from Cron still fires." in page
    assert "nobody has validated it yet" in page
    send(client, alarmed, "validate")
    assert "The fix does not hold yet" in see(client, alarmed)
    refused = client.post(f"/incidents/{alarmed}/do/resolve/", {"note": "Restarted"})
    assert refused.status_code == 422
    assert "Restarted" in refused.content.decode()


def test_once_it_holds_the_next_step_is_to_resolve(mateo: Actor, alarmed: str) -> None:
    client = signed_in(mateo)
    mended()
    assert "Not proven" not in see(client, alarmed)
    send(client, alarmed, "validate")
    assert "Mark as resolved" in see(client, alarmed)
    assert "The fix is validated." in client.get(f"/incidents/{alarmed}/do/resolve/").content.decode()
    assert client.post(f"/incidents/{alarmed}/do/resolve/", {"note": ""}).status_code == 302
    assert queries.row(mateo, alarmed).state == "resolved"
    assert "To the report" in see(client, alarmed)


def test_looking_keeps_nothing(mateo: Actor, alarmed: str) -> None:
    see(signed_in(mateo), alarmed)
    assert queries.validations(mateo, alarmed) == []


def test_cause_fixes_and_changes_are_kept(mateo: Actor, alarmed: str) -> None:
    client = signed_in(mateo)
    send(client, alarmed, "cause", root_cause="A full disk")
    send(client, alarmed, "fix", title="Rotate the log", owner=mateo.person)
    send(client, alarmed, "change", summary="Deploy 42", url="https://example.org/42", part="fix")
    page = see(client, alarmed)
    for words in ("A full disk", "Rotate the log", "Deploy 42", 'href="https://example.org/42"'):
        assert words in page
    task = queries.hub(mateo, alarmed).tasks[0]
    send(client, alarmed, "state", task=task.id, state="done")
    assert "1 of 1 done" in see(client, alarmed)
    send(client, alarmed, "unlink", link=queries.linked_changes(mateo, alarmed)[0].id)
    assert "Deploy 42" not in see(client, alarmed).split("Validations so far")[0].split("Linked changes")[1]


def test_a_refused_change_keeps_what_was_typed(mateo: Actor, alarmed: str) -> None:
    page = send(signed_in(mateo), alarmed, "change", 422, summary="Deploy 42", url="javascript:alert(1)", part="fix")
    assert "Deploy 42" in page
    assert "begins with https" in page


def test_viewers_look_and_strangers_do_not(alarmed: str) -> None:
    vera = signed_in(person("Vera Viewer", Role.VIEWER))
    assert "Validate Fix</" not in see(vera, alarmed)
    assert vera.post(f"/incidents/{alarmed}/resolution/", {"do": "validate"}).status_code == 403
    assert Client().get(f"/incidents/{alarmed}/resolution/")["Location"].startswith("/accounts/login/")


def test_a_restricted_incident_has_no_resolution_for_others(mateo: Actor) -> None:
    amina = person("Amina Diallo", Role.COMMANDER)
    made = commands.declare(amina, title="Stolen keys", kind="security", page=False)
    ref = queries.row(amina, made).reference
    for path in ("", "gates/"):
        assert signed_in(mateo).get(f"/incidents/{ref}/resolution/{path}").status_code == 404


def test_it_asks_the_same_number_of_questions_for_3_and_for_30(mateo: Actor, alarmed: str) -> None:
    client = signed_in(mateo)
    counted = []
    for amount in (3, 27):
        for number in range(amount):
            commands.add_task(mateo, incident=alarmed, title=f"Fix {number}", kind="fix")
            commands.link_change(mateo, incident=alarmed, summary=f"Deploy {number}", part="other")
            commands.validate_fix(mateo, incident_id=alarmed)
        see(client, alarmed)
        with CaptureQueriesContext(connection) as asked:
            see(client, alarmed)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 60
