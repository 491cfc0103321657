"""Who does what in an incident, as browsers meet it."""

from datetime import date, time

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.replace(' ', '.').lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def amina() -> Actor:
    return person("Amina Diallo", Role.COMMANDER)


@pytest.fixture
def mateo() -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def ref(amina: Actor) -> str:
    made = commands.declare(amina, title="Checkout failing", kind="disruption", severity="critical", page=False)
    return queries.row(amina, made).reference


def see(client: Client, ref: str, **asked: str) -> str:
    response = client.get(f"/incidents/{ref}/roles/", asked)
    assert response.status_code == 200
    return response.content.decode()


def give(client: Client, ref: str, status: int = 302, **given: str) -> str:
    response = client.post(f"/incidents/{ref}/roles/", given)
    assert response.status_code == status, response.content.decode()[:1500]
    return response.content.decode()


def answer(client: Client, ref: str, do: str, role: str, **given: str) -> None:
    given = {"do": do, "role": role, "from": "matrix", **given}
    assert client.post(f"/incidents/{ref}/roles/answer/", given)["Location"] == f"/incidents/{ref}/roles/"


def test_it_shows_what_is_not_covered_who_is_on_call_and_what_each_carries(
    amina: Actor, mateo: Actor, ref: str
) -> None:
    other = commands.declare(amina, title="Search slow", kind="disruption", severity="low", page=False)
    commands.assign_role(mateo, incident=other, role="commander", person=mateo.person)
    layer = oncall.LayerInput(people=(mateo.person,), handoff=time(9), start=date(2020, 1, 6))
    oncall.save_schedule(HOUSE, name="Shop", time_zone="UTC", layers=[layer])
    page = see(signed_in(amina), ref)
    assert "Nobody is Incident Commander; assign someone." in page
    assert "On call: <bdi>Shop</bdi>" in page
    assert "1 open incident<" in page
    first = queries.role_matrix(amina, ref).people[0]
    assert (first.person.name, first.load, first.on_call) == ("Mateo Fuentes", 1, ("Shop",))


def test_a_role_given_to_another_is_theirs_when_they_accept(amina: Actor, mateo: Actor, ref: str) -> None:
    give(signed_in(amina), ref, role="operations", person=mateo.person, note="The till database")
    page = see(signed_in(mateo), ref)
    assert "You are asked to take Operations Lead." in page
    assert queries.hub(mateo, ref).roles == ()
    answer(signed_in(mateo), ref, "accept", "operations")
    page = see(signed_in(mateo), ref)
    assert "Holds it" in page
    assert "took Operations Lead" in page
    assert "The till database" in page


def test_whoever_hands_over_keeps_the_role_while_the_other_declines_with_a_reason(
    amina: Actor, mateo: Actor, ref: str
) -> None:
    client = signed_in(amina)
    give(client, ref, role="commander", person=amina.person)
    give(client, ref, role="commander", person=mateo.person, note="I must sleep")
    answer(signed_in(mateo), ref, "decline", "commander", reason="On the train")
    seen = queries.hub(amina, ref)
    assert [held.person.name for held in seen.roles] == ["Amina Diallo"]
    page = see(client, ref)
    assert "declined to be Incident Commander" in page
    assert "On the train" in page


def test_a_role_of_its_own_is_named_and_one_without_a_name_is_refused(amina: Actor, mateo: Actor, ref: str) -> None:
    client = signed_in(amina)
    give(client, ref, role="custom", custom="Data lead", person=mateo.person)
    assert "Data lead" in see(client, ref)
    assert queries.hub(amina, ref).offers[0].role == "data-lead"
    page = give(client, ref, 422, role="custom", custom="!!", person=mateo.person, note="Keep me")
    assert "Give the role a name." in page
    assert "Keep me" in page


def test_a_commander_of_a_critical_incident_who_also_leads_operations_is_warned_about(amina: Actor, ref: str) -> None:
    client = signed_in(amina)
    for role in ("commander", "operations"):
        give(client, ref, role=role, person=amina.person)
    assert "The Incident Commander is also Operations Lead; give one of the two away." in see(client, ref)


def test_only_who_commands_gives_roles_to_others(mateo: Actor, ref: str) -> None:
    ben = person("Ben Okafor")
    assert "commander role may" in give(signed_in(mateo), ref, 422, role="scribe", person=ben.person)
    vera = signed_in(person("Vera Viewer", Role.VIEWER))
    assert "Take it" not in see(vera, ref)
    assert vera.post(f"/incidents/{ref}/roles/", {"role": "scribe", "person": ben.person}).status_code == 403


def test_csv_gives_roles_and_holders(amina: Actor, ref: str) -> None:
    commands.assign_role(amina, incident=ref, role="scribe", person=amina.person)
    body = signed_in(amina).get(f"/incidents/{ref}/roles/?format=csv").content.decode("utf-8-sig")
    assert "Scribe,yes,Amina Diallo," in body


def test_many_people_cost_no_more_questions_than_few(amina: Actor, ref: str) -> None:
    client = signed_in(amina)
    counted = []
    for amount in (3, 27):
        for number in range(amount):
            person(f"Person {amount} {number}")
        see(client, ref)
        with CaptureQueriesContext(connection) as asked:
            see(client, ref)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 50
