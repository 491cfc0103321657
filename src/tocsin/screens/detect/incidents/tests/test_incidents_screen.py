"""The list and declaring, as browsers meet them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall import queries as oncall
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
def amina() -> Actor:
    return person("Amina Diallo", Role.COMMANDER)


def declared(actor: Actor, title: str = "Checkout failing", **more: str) -> str:
    given = {"kind": "disruption", "severity": "critical", **more}
    return commands.declare(actor, title=title, page=False, **given)


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_list_says_what_will_appear_and_how_to_begin(amina: Actor) -> None:
    page = text(signed_in(amina), "/incidents/")
    assert "No incidents yet" in page
    assert "/incidents/new/" in page


def test_chips_and_filters_narrow_the_list(amina: Actor) -> None:
    declared(amina, "Checkout failing")
    over = declared(amina, "Search slow", severity="low")
    commands.dismiss(amina, incident=over, reason="a test")
    client = signed_in(amina)
    assert "Search slow" in text(client, "/incidents/")
    assert "Search slow" not in text(client, "/incidents/?state=open")
    assert "Checkout failing" not in text(client, "/incidents/?severity=low")
    assert "Checkout failing" not in text(client, "/incidents/?mine=yes")
    assert "Search slow" not in text(client, "/incidents/?q=checkout")
    assert "No row fits" in text(client, "/incidents/?kind=security")


def test_the_list_sorts_open_first_and_by_severity_on_wish(amina: Actor) -> None:
    declared(amina, "Alpha", severity="low")
    over = declared(amina, "Gamma")
    commands.dismiss(amina, incident=over, reason="a test")
    client = signed_in(amina)
    page = text(client, "/incidents/")
    assert page.index("Alpha") < page.index("Gamma")
    page = text(client, "/incidents/?sort=-severity")
    assert page.index("Gamma") < page.index("Alpha")
    assert client.get("/incidents/?sort=nonsense").status_code == 422


def test_what_was_dismissed_grows_no_older(amina: Actor) -> None:
    with time_machine.travel("2026-11-24T02:00Z", tick=False) as clock:
        over = declared(amina)
        clock.shift(timedelta(minutes=38))
        commands.dismiss(amina, incident=over, reason="a test")
        clock.shift(timedelta(days=60))
        assert "lasted 38\N{NO-BREAK SPACE}min" in text(signed_in(amina), "/incidents/INC-1/")
        assert "38\N{NO-BREAK SPACE}min" in text(signed_in(amina), "/incidents/")


def test_csv_gives_the_same_rows(amina: Actor) -> None:
    declared(amina, "Checkout failing")
    response = signed_in(amina).get("/incidents/?format=csv")
    assert "INC-1 Checkout failing" in b"".join(response).decode()


def test_the_list_asks_the_same_number_of_questions_for_3_and_for_30(amina: Actor) -> None:
    client = signed_in(amina)
    counted = []
    for amount in (3, 27):
        for number in range(amount):
            declared(amina, f"Trouble {number}")
        client.get("/incidents/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/incidents/")
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 30


def test_a_restricted_incident_is_not_in_the_list_of_others(amina: Actor) -> None:
    declared(amina, "Stolen keys", kind="security")
    assert "Stolen keys" in text(signed_in(amina), "/incidents/")
    page = text(signed_in(person("Ben Okafor")), "/incidents/")
    assert "Stolen keys" not in page
    assert "No incidents yet" in page


def test_declaring_makes_an_incident_pages_and_opens_its_hub(amina: Actor) -> None:
    shop = catalog.add_service(HOUSE, name="Checkout")
    client = signed_in(amina)
    given = {"title": "Tills stand still", "kind": "disruption", "severity": "high", "services": [shop], "page": "on"}
    response = client.post("/incidents/new/", given)
    assert response.status_code == 302
    assert response["Location"] == "/incidents/INC-1/"
    made = queries.incident(amina, "INC-1")
    assert [service.name for service in made.services] == ["Checkout"]
    assert oncall.paging(HOUSE, f"incident:{made.id}").state != "none"


def test_declaring_without_paging_calls_nobody(amina: Actor) -> None:
    signed_in(amina).post("/incidents/new/", {"title": "Rehearsal", "kind": "disruption", "severity": "low"})
    made = queries.row(amina, "INC-1")
    assert oncall.paging(HOUSE, f"incident:{made.id}").state == "none"


def test_a_refused_declaration_keeps_what_was_typed_and_names_the_field(amina: Actor) -> None:
    given = {"title": "", "kind": "disruption", "severity": "high", "summary": "Cards are refused"}
    response = signed_in(amina).post("/incidents/new/", given)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Cards are refused" in page
    assert "id_title_error" in page


def test_a_viewer_sees_the_list_and_may_not_declare() -> None:
    client = signed_in(person("Vera Viewer", Role.VIEWER))
    assert "Declare an incident</a>" not in text(client, "/incidents/")
    assert client.get("/incidents/new/").status_code == 403
    assert Client().get("/incidents/")["Location"].startswith("/accounts/login/")
