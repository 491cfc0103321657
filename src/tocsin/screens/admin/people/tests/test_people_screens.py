"""Settings of people as browsers meet them: who may, what stays after an error, what is shown once."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return queries.actor_of(commands.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


@pytest.fixture
def ana() -> Actor:
    return person("Ana Duarte", Role.ADMINISTRATOR)


@pytest.fixture
def ben(ana: Actor) -> Actor:
    return person("Ben Okafor")


PAGES = {
    "/settings/profile/": (200, 200),
    "/settings/people/": (200, 200),
    "/settings/people/add/": (200, 403),
    "/settings/people/teams/": (200, 200),
    "/settings/people/teams/shop/": (200, 200),
    "/settings/tokens/": (200, 403),
    "/settings/organisation/": (200, 200),
}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers_administrators_responders_and_strangers_as_declared(
    path: str, ana: Actor, ben: Actor
) -> None:
    commands.add_team(ana, name="Shop", members=[ben.person])
    assert signed_in(ana).get(path).status_code == PAGES[path][0]
    assert signed_in(ben).get(path).status_code == PAGES[path][1]
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def test_an_administrator_adds_a_person_and_hands_over_a_link(ana: Actor) -> None:
    client = signed_in(ana)
    given = {"name": "Mia Chen", "email": "mia@example.org", "roles": ["responder"], "phone": "", "time_zone": ""}
    page = client.post("/settings/people/add/", given, follow=True)
    assert "Added Mia Chen" in page.content.decode()
    mia = queries.person_by_email("mia@example.org")
    assert mia is not None
    shown = client.post(f"/settings/people/{mia.id}/link/")
    link = re.search(r"/sign-in/[\w-]+", shown.content.decode())
    assert link is not None
    assert Client().post(link[0])["Location"] == "/sign-in/password"


def test_an_error_names_its_field_and_keeps_what_was_typed(ana: Actor) -> None:
    given = {"name": "Ana Two", "email": "ana@example.org", "roles": ["viewer"], "phone": "12", "time_zone": "UTC"}
    page = signed_in(ana).post("/settings/people/add/", given)
    text = page.content.decode()
    assert page.status_code == 422
    assert "cannot be called" in text
    assert 'value="Ana Two"' in text


def test_profile_and_roles_change_together_or_not_at_all(ana: Actor) -> None:
    given = {"name": "Renamed", "email": "ana@example.org", "roles": ["viewer"], "phone": "", "time_zone": ""}
    page = signed_in(ana).post(f"/settings/people/{ana.person}/", given)
    assert page.status_code == 422
    assert "is the only administrator" in page.content.decode()
    assert queries.person(ana, ana.person).name == "Ana Duarte"


@pytest.mark.parametrize("action", ["", "link/", "deactivate/", "reactivate/", "factors/"])
def test_a_responder_can_do_nothing_to_others(action: str, ana: Actor, ben: Actor) -> None:
    assert signed_in(ben).post(f"/settings/people/{ana.person}/{action}").status_code == 403
    assert queries.administrator_ids() == [ana.person]


def test_dangerous_actions_ask_again_when_the_sign_in_is_old(ana: Actor, ben: Actor) -> None:
    commands.set_first_password(ana, person_id=ana.person, password="a-long-and-unusual-sentence")
    for path in (
        f"/settings/people/{ben.person}/link/",
        f"/settings/people/{ben.person}/factors/",
        "/settings/tokens/",
    ):
        assert signed_in(ana).post(path)["Location"].startswith("/accounts/reauthenticate/")


def test_people_change_their_own_profile_but_not_their_address(ben: Actor) -> None:
    given = {"name": "Benjamin", "time_zone": "Africa/Lagos", "phone": "", "email": "boss@example.org"}
    assert signed_in(ben).post("/settings/profile/", given).status_code == 302
    view = queries.person(ben, ben.person)
    assert (view.name, view.time_zone, view.email) == ("Benjamin", "Africa/Lagos", "ben@example.org")


def test_the_look_is_kept_on_the_device(ben: Actor) -> None:
    client = signed_in(ben)
    client.post("/settings/profile/look/", {"theme": "dark"})
    page = client.get("/settings/profile/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page


def test_a_token_is_shown_once_and_can_be_revoked(ana: Actor) -> None:
    client = signed_in(ana)
    page = client.post("/settings/tokens/", {"name": "Reader", "scopes": "accounts.see, catalog.see", "owner": ""})
    raw = re.search(r"tocsin_[\w-]{20,}", page.content.decode())
    assert raw is not None
    assert raw[0] not in client.get("/settings/tokens/").content.decode()
    assert queries.token_actor(raw[0]) is not None
    client.post(f"/settings/tokens/{queries.tokens(ana)[0].id}/revoke/")
    assert queries.token_actor(raw[0]) is None


def test_a_team_is_removed_only_after_its_name_was_typed(ana: Actor, ben: Actor) -> None:
    client = signed_in(ana)
    client.post("/settings/people/teams/", {"name": "Shop", "members": [ben.person]})
    client.post("/settings/people/teams/shop/remove/", {"confirm": "shop"})
    assert queries.team(ana, "shop").member_ids == (ben.person,)
    client.post("/settings/people/teams/shop/remove/", {"confirm": "Shop"})
    assert queries.teams(ana) == []


def test_the_organisation_keeps_hours_that_a_file_gave_it(ana: Actor) -> None:
    commands.change_organisation(
        ana, hours={"monday": [["08:00", "12:00"], ["13:00", "17:00"]], "friday": [["08:00", "12:00"]]}
    )
    given = {
        "name": "Fjord",
        "time_zone": "Europe/Oslo",
        "days": ["monday", "tuesday"],
        "opens": "08:00",
        "closes": "12:00",
    }
    assert signed_in(ana).post("/settings/organisation/", given).status_code == 302
    assert queries.organisation().hours == {
        "monday": [["08:00", "12:00"], ["13:00", "17:00"]],
        "tuesday": [["08:00", "12:00"]],
    }


def test_the_list_takes_the_same_queries_for_three_people_and_for_thirty(ana: Actor) -> None:
    client = signed_in(ana)
    client.get("/settings/people/")
    with CaptureQueriesContext(connection) as few:
        client.get("/settings/people/")
    for number in range(30):
        person(f"P{number} Example")
    with CaptureQueriesContext(connection) as many:
        client.get("/settings/people/")
    assert len(few) == len(many)


def test_names_come_out_of_the_csv_as_text_never_as_a_formula(ana: Actor) -> None:
    commands.add_person(ana, email="eve@example.org", name='=HYPERLINK("http://x")')
    text = signed_in(ana).get("/settings/people/?format=csv").content.decode()
    assert "'=HYPERLINK" in text


def test_the_language_of_a_profile_is_kept_and_one_that_is_not_there_is_refused(ben: Actor) -> None:
    client = signed_in(ben)
    given = {"name": "Ben Okafor", "phone": "", "time_zone": ""}
    assert client.post("/settings/profile/", {**given, "language": "en"}).status_code == 302
    assert queries.person(ben, ben.person).language == "en"
    assert 'value="en" selected' in client.get("/settings/profile/").content.decode()
    assert client.post("/settings/profile/", {**given, "language": "tlh"}).status_code == 422


def test_pages_can_be_had_in_every_language_that_they_speak(ben: Actor) -> None:
    client = signed_in(ben)
    page = client.get("/settings/profile/").content.decode()
    assert all(f">{name}</option>" in page for name in ("Deutsch", "English", "Español", "Français"))
    given = {"name": "Ben Okafor", "phone": "", "time_zone": "", "language": "de"}
    assert client.post("/settings/profile/", given).status_code == 302
    assert queries.person(ben, ben.person).language == "de"
