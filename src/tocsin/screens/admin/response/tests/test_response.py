"""Task lists and the bridge for all, as who commands keeps them, and as the hub offers them."""

from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor, Role, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina() -> Actor:
    made = accounts.add_person(system("test"), email="a@example.org", name="Amina Diallo", roles=[Role.COMMANDER])
    return actor_of(made)


@pytest.fixture
def client(amina: Actor) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.get(id=amina.person), "django.contrib.auth.backends.ModelBackend")
    return found


def test_a_list_is_typed_as_lines_kept_and_offered_in_the_hub(amina: Actor, client: Client) -> None:
    lines = "Fail over | @amina | 15m\nDraft the update | @communications"
    client.post("/settings/response/tasks/add/", {"name": "Outage", "kind": "disruption", "tasks": lines})
    [kept] = queries.task_templates(amina)
    assert kept.lines == "Fail over | @amina-diallo | 15m\nDraft the update | @communications"
    made = commands.declare(amina, title="Checkout fails", kind="disruption", severity="high", page=False)
    ref = queries.row(amina, made).reference
    assert "Add 2 from <bdi>Outage</bdi>" in client.get(f"/incidents/{ref}/").content.decode()
    page = client.post(f"/incidents/{ref}/tasks/from-list/", {"template": kept.id}, follow=True).content.decode()
    assert "Added 2 tasks." in page
    assert "&#x27;Draft the update&#x27; has no owner yet: nobody is Communications Lead." in page
    client.post(f"/settings/response/tasks/{kept.id}/remove/")
    assert queries.task_templates(amina) == []


def test_a_line_that_names_nobody_is_refused_and_stays_typed(client: Client) -> None:
    given = {"name": "Outage", "tasks": "Fail over | @nobody"}
    answer = client.post("/settings/response/tasks/add/", given)
    assert answer.status_code == 422
    assert "there is no active person or role @nobody" in answer.content.decode()
    assert "Fail over | @nobody" in answer.content.decode()


def test_the_bridge_for_all_stands_on_top_of_every_hub(amina: Actor, client: Client) -> None:
    given = {"label": "Zoom", "url": "https://zoom.example.org/j/1", "phone": "+49 30 1234", "pin": "567"}
    client.post("/settings/response/", given)
    made = commands.declare(amina, title="Checkout fails", kind="disruption", severity="high", page=False)
    page = client.get(f"/incidents/{queries.row(amina, made).reference}/").content.decode()
    assert 'href="https://zoom.example.org/j/1"' in page
    assert 'href="tel:+49301234,,567%23"' in page
    assert client.post("/settings/response/", {"url": "javascript:alert(1)"}).status_code == 422


def test_links_are_added_and_taken_away_on_their_page(amina: Actor, client: Client) -> None:
    made = [
        queries.row(
            amina, commands.declare(amina, title=title, kind="disruption", severity="high", page=False)
        ).reference
        for title in ("Checkout fails", "Database down")
    ]
    where = f"/incidents/{made[0]}/links/"
    client.post(where, {"do": "incident", "other": made[1].lower(), "relation": "caused_by"})
    client.post(where, {"do": "ticket", "label": "JIRA-7", "url": "https://jira.example.org/browse/JIRA-7"})
    page = client.get(f"/incidents/{made[0]}/").content.decode()
    assert "Caused by" in page
    assert 'href="https://jira.example.org/browse/JIRA-7"' in page
    refused = client.post(where, {"do": "incident", "other": "INC-999", "relation": "related"})
    assert "There is no such incident" in refused.content.decode()
    for link in (*queries.links(amina, made[0]).incidents, *queries.links(amina, made[0]).tickets):
        client.post(f"/incidents/{made[0]}/links/{link.id}/remove/")
    assert queries.links(amina, made[0]).incidents == ()
    assert client.post(f"/incidents/{made[0]}/links/{UUID(int=0)}/remove/").status_code == 404
