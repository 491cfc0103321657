"""Saved views as people meet them on a table: kept, shared, opened with, replaced, removed, and nobody else's."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.queries import actor_of
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
TABLE = "/settings/people/"
pytestmark = pytest.mark.django_db


def person(name: str) -> Actor:
    return actor_of(commands.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=[Role.RESPONDER]))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def saves(client: Client, name: str, query: str = "state=no", **more: str) -> str:
    given = {"table": "people", "query": query, "name": name, "back": TABLE, **more}
    return client.post("/views/save/", given, follow=True).content.decode()


@pytest.fixture
def mia() -> Actor:
    return person("Mia")


def test_a_filter_is_offered_to_be_saved_and_becomes_a_chip(mia: Actor) -> None:
    client = signed_in(mia)
    assert "Save view" not in client.get(TABLE).content.decode()
    assert "Save view" in client.get(f"{TABLE}?state=no").content.decode()
    page = saves(client, "Left us")
    assert "Saved the view Left us." in page
    assert "Remove view" in page
    assert 'href="/settings/people/?state=no"' in client.get(TABLE).content.decode()


def test_a_table_opens_with_the_default_view_until_all_is_asked_for(mia: Actor) -> None:
    client = signed_in(mia)
    saves(client, "By name, backwards", "sort=-name", default="1")
    assert client.get(TABLE)["Location"] == f"{TABLE}?sort=-name"
    assert client.get(f"{TABLE}?view=all").status_code == 200
    saves(client, "Left us", default="1")
    assert [view.default for view in queries.saved_views(mia, "people")] == [False, True]


def test_a_view_shared_with_the_team_is_seen_by_its_members_only_and_removed_by_its_owner_only(mia: Actor) -> None:
    ben, eve = person("Ben"), person("Eve")
    commands.add_team(HOUSE, name="Shop", members=[mia.person, ben.person])
    saves(signed_in(mia), "Left us", share="1")
    assert [view.team for view in queries.saved_views(ben, "people")] == ["Shop"]
    assert "Left us" in signed_in(ben).get(TABLE).content.decode()
    assert queries.saved_views(eve, "people") == []
    view = queries.saved_views(mia, "people")[0]
    assert signed_in(ben).post(f"/views/{view.id}/remove/", {"back": TABLE}).status_code == 404
    signed_in(mia).post(f"/views/{view.id}/remove/", {"back": TABLE})
    assert queries.saved_views(mia, "people") == []


def test_the_same_name_replaces_and_nothing_is_kept_of_an_unfiltered_table_or_without_a_name(mia: Actor) -> None:
    client = signed_in(mia)
    saves(client, "Mine", "state=no")
    saves(client, "Mine", "state=yes&page=3")
    assert [view.query for view in queries.saved_views(mia, "people")] == ["state=yes"]
    for name, query in (("", "state=no"), ("Empty", "page=2"), ("x" * 61, "state=no")):
        given = {"table": "people", "query": query, "name": name, "back": TABLE}
        assert client.post("/views/save/", given).status_code == 422
    assert len(queries.saved_views(mia, "people")) == 1


def test_saving_never_leads_away_from_the_house(mia: Actor) -> None:
    client = signed_in(mia)
    for back in ("//evil.example/", "https://evil.example/", "\\\\evil.example"):
        given = {"table": "people", "query": "state=no", "name": "Mine", "back": back}
        assert client.post("/views/save/", given)["Location"].startswith("/?")
