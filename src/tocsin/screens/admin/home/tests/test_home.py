"""Home as browsers meet it: first steps, the worst fire with its one action, what stays hidden, how many queries."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands, queries
from tocsin.domain.alerts.commands import add_integration
from tocsin.domain.catalog.commands import add_service
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import incident, open_incidents
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def person(name: str, *roles: Role) -> Actor:
    return queries.actor_of(commands.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


@pytest.fixture
def ana() -> Actor:
    return person("Ana", Role.ADMINISTRATOR)


@pytest.fixture
def ben() -> Actor:
    return person("Ben", Role.RESPONDER)


def declared(title: str, **more: object) -> str:
    return incidents.declare(HOUSE, title=title, kind="disruption", page=False, **more)  # type: ignore[arg-type]


def text(client: Client, path: str = "/") -> str:
    page = client.get(path, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get("/")["Location"].startswith("/accounts/login/")


def test_a_new_installation_shows_an_administrator_the_first_steps(ana: Actor, ben: Actor) -> None:
    first = text(signed_in(ana))
    assert "0 of 5 done" in first
    assert "Add a contact method" in first
    add_service(HOUSE, name="Checkout")
    assert "1 of 5 done" in text(signed_in(ana))
    assert "of 5 done" not in text(signed_in(ben))
    service = add_service(HOUSE, name="Search")
    step = oncall.StepInput((oncall.TargetInput("person", ana.person),))
    made = oncall.save_policy(HOUSE, name="Search", steps=[step], rounds=1)
    assert "no service that is paged by it yet" in text(signed_in(ana))
    oncall.set_service_policy(HOUSE, service_id=service, policy_id=made)
    assert "no service that is paged by it yet" not in text(signed_in(ana))


def test_a_test_page_goes_out_by_the_first_source(ana: Actor) -> None:
    assert "connect one first" in signed_in(ana).post("/home/test-page/", follow=True).content.decode()
    add_integration(HOUSE, kind="prometheus", name="Prometheus", service=add_service(HOUSE, name="Checkout"))
    assert "on its way by Prometheus" in signed_in(ana).post("/home/test-page/", follow=True).content.decode()


def test_the_worst_incident_is_acknowledged_from_home(ben: Actor) -> None:
    declared("Slow mails", severity="low")
    worst = declared("Checkout fails", severity="critical", services=[add_service(HOUSE, name="Checkout")])
    client = signed_in(ben)
    page = text(client)
    assert page.index("Checkout fails") < page.index("Slow mails")
    assert "Major outage" in page
    reference = incident(HOUSE, worst).reference
    client.post(f"/home/acknowledge/{reference}/")
    assert incident(HOUSE, worst).acknowledged_at is not None
    assert "Send Status Update" in text(client)


def test_who_is_paged_finds_that_first_and_can_take_all_at_once(ben: Actor) -> None:
    delivery.add_destination(HOUSE, kind="mail", address="ben@example.org", person_id=ben.person, vouched=True)
    for title, severity in (("Slow mails", "high"), ("Checkout fails", "critical")):
        made = incidents.declare(HOUSE, title=title, kind="disruption", severity=severity, page=False)
        incidents.activate_response_team(HOUSE, incident=made, people=[ben.person])
    client = signed_in(ben)
    page = text(client)
    assert page.index("Waiting for your answer") < page.index("Checkout fails") < page.index("Slow mails")
    assert page.index("Slow mails") < page.index("On fire")
    assert page.count("btn-primary") == 1
    assert "Acknowledge all 2" in page
    assert "INC-2, INC-1 are yours." in client.post("/home/acknowledge-all/", follow=True).content.decode()
    assert all(row.acknowledged_at for row in open_incidents(HOUSE))
    assert "Waiting for your answer" not in text(client)


def test_a_viewer_sees_the_fire_and_no_button_to_answer_it() -> None:
    declared("Checkout fails", severity="critical")
    client = signed_in(person("Vera", Role.VIEWER))
    assert "/home/acknowledge/" not in text(client)
    assert client.post("/home/acknowledge/INC-1/").status_code == 403


def test_a_restricted_incident_is_nowhere_on_the_page_of_others(ben: Actor) -> None:
    declared("Stolen laptop", severity="critical", restricted=True)
    page = text(signed_in(ben))
    assert "Stolen laptop" not in page
    assert "Nothing burns" in page


def test_home_asks_as_often_for_many_incidents_as_for_few(ben: Actor) -> None:
    client = signed_in(ben)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            text(client)
        return len(found)

    for number in range(3):
        declared(f"Fire {number}", severity="high", services=[add_service(HOUSE, name=f"Service {number}")])
    few = asked()
    for number in range(3, 30):
        declared(f"Fire {number}", severity="high", services=[add_service(HOUSE, name=f"Service {number}")])
    assert len(open_incidents(ben)) == 30
    assert asked() == few
