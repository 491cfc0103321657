"""'Send Status Update': what is suggested inside and outside, where it goes, and what never gets out."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from tocsin.domain.catalog import commands as catalog
from tocsin.domain.incidents import commands, queries
from tocsin.domain.statuspage import commands as statuspage
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.screens.respond.team_coordination_hub.tests.conftest import HOUSE


@pytest.fixture
def client(mateo: Actor) -> Client:
    found = Client()
    found.force_login(get_user_model().objects.get(id=mateo.person), "django.contrib.auth.backends.ModelBackend")
    return found


def part(page: str, name: str) -> str:
    return page.split(f'id="{name}"')[1].split("</p>")[0]


def test_the_internal_draft_tells_what_changed_was_decided_is_done_and_comes_next(
    amina: Actor, mateo: Actor, ref: str, client: Client
) -> None:
    commands.write(mateo, incident=ref, text="Replica lag is 0.4 s")
    commands.decide(amina, incident=ref, text="Fail over to pg-main-2", why="The disk is gone")
    commands.add_task(mateo, incident=ref, title="Verify writes", owner=mateo.person)
    words = part(client.get(f"/incidents/{ref}/update/").content.decode(), "suggested-words")
    for said in (
        "What changed:",
        "What was decided:",
        "Amina Diallo: Fail over to pg-main-2 Why: The disk is gone",
        "Mateo Fuentes: Replica lag is 0.4 s",
        "Verify writes (Mateo Fuentes)",
        "Next update by",
    ):
        assert said in words, said
    client.post(f"/incidents/{ref}/update/", {"internal": "We fail over.", "public": ""})
    told = queries.hub(mateo, ref).updates[0]
    assert (told.internal, told.public) == ("We fail over.", "")
    words = part(client.get(f"/incidents/{ref}/update/").content.decode(), "suggested-words")
    assert "Replica lag" not in words
    assert "Verify writes" in words


def test_the_promised_next_update_is_counted_from_now_not_from_one_that_was_missed(ref: str, client: Client) -> None:
    late = now() + timedelta(days=2)
    with time_machine.travel(late, tick=False):
        due = queries.hub(HOUSE, ref).next_internal
        assert due is not None
        assert due.due_at < late
        words = part(client.get(f"/incidents/{ref}/update/").content.decode(), "suggested-words")
        promised = late + (due.due_at - due.starts_at)
    assert f"Next update by {timezone.localtime(promised):%H:%M}" in words


def test_the_public_draft_knows_nothing_of_what_is_inside(amina: Actor, mateo: Actor, ref: str, client: Client) -> None:
    service = catalog.add_service(HOUSE, name="checkout-api-internal")
    statuspage.add_component(HOUSE, name="Paying", service_id=service)
    commands.change(amina, incident=ref, services=[service], title="pg-main-1 lost its disk")
    commands.decide(amina, incident=ref, text="Blame vendor X")
    commands.write(mateo, incident=ref, text="Root password leaked")
    page = client.get(f"/incidents/{ref}/update/?use=public").content.decode()
    words = part(page, "public-words")
    assert "We are looking into a problem with Paying." in words
    for inside in ("checkout-api", "pg-main", "vendor", "password", "Mateo", "Amina", ref):
        assert inside not in words, inside
    box = page.split('name="public"')[1].split("</textarea>")[0]
    assert "We are looking into a problem with Paying." in box
    assert "<bdi>Paying</bdi>" in page.split('id="goes"')[1]


def test_a_restricted_incident_has_no_public_draft_and_goes_nowhere_outside(
    amina: Actor, ref: str, client: Client
) -> None:
    commands.restrict(amina, incident=ref, reason="A breach")
    client.force_login(get_user_model().objects.get(id=amina.person), "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/incidents/{ref}/update/?use=both").content.decode()
    assert 'id="public-words"' not in page
    assert 'name="public"' not in page
    assert "those who may see" in page.split('id="goes"')[1]
