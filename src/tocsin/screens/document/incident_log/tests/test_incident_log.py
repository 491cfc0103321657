"""The Incident Log as browsers meet it: what it shows and hides, what it proves, what tampering looks like."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.events.models import Stream
from tocsin.domain.accounts import commands, queries
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import incident
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.chain import entry_hash

HOUSE = system("test")
pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def person(name: str, *roles: Role) -> Actor:
    return queries.actor_of(commands.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


@pytest.fixture
def ben() -> Actor:
    return person("Ben", Role.RESPONDER)


@pytest.fixture
def log(ben: Actor) -> str:
    id_ = incidents.declare(ben, title="Checkout fails", kind="disruption", severity="high", page=False)
    incidents.write(ben, incident=id_, text="The disk of db-1 is full")
    incidents.decide(ben, incident=id_, text="We grow the disk")
    return f"/incidents/{incident(HOUSE, id_).reference}/log/"


def text(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def test_it_shows_every_entry_with_its_hash_and_says_that_the_chain_is_whole(ben: Actor, log: str) -> None:
    page = text(signed_in(ben), log)
    assert "The disk of db-1 is full" in page
    assert "incidents.declared" in page
    assert "The chain is whole" in page


def test_it_is_narrowed_by_type_words_person_and_time(ben: Actor, log: str) -> None:
    client = signed_in(ben)
    assert "The disk of db-1" not in text(client, f"{log}?type=incidents.declared")
    assert "We grow the disk" not in text(client, f"{log}?q=db-1")
    assert "The disk of db-1" in text(client, f"{log}?who=ben&since=2020-01-01")
    assert "No row fits" in text(client, f"{log}?who=nobody")
    assert "No row fits" in text(client, f"{log}?until=2020-01-01 10:00")
    refused = client.get(f"{log}?since=yesterday")
    assert refused.status_code == 422
    assert "write it as" in refused.content.decode()


def test_it_leaves_as_csv_and_as_lines_whose_hashes_can_be_checked_elsewhere(ben: Actor, log: str) -> None:
    client = signed_in(ben)
    assert "We grow the disk" in client.get(f"{log}?format=csv").content.decode()
    lines = [json.loads(line) for line in client.get(f"{log}export").content.decode().splitlines()]
    entries = [line for line in lines if line["kind"] == "entry"]
    assert len(entries) >= 3
    assert all(entry_hash(line) == line["hash"] for line in entries)


def test_a_cut_log_is_shouted_about(ben: Actor, log: str) -> None:
    key = Stream.objects.get(key__startswith="incident:").key
    Stream.objects.filter(key=key).update(head_seq=99)
    page = text(signed_in(ben), log)
    assert "The log was tampered with." in page
    assert "its head says 99" in page
    assert "whole" not in page


def test_an_entry_for_a_narrower_circle_is_neither_shown_nor_exported(log: str) -> None:
    sam, vera = person("Sam", Role.SECURITY), person("Vera", Role.VIEWER)
    incidents.write(sam, incident=log.split("/")[2], text="We suspect a colleague", audience="role:security")
    assert "We suspect a colleague" in text(signed_in(sam), log)
    assert signed_in(sam).get(f"{log}export").status_code == 200
    assert "We suspect a colleague" not in text(signed_in(vera), log)
    assert "We suspect" not in signed_in(vera).get(f"{log}?format=csv").content.decode()
    assert signed_in(vera).get(f"{log}export").status_code == 403


def test_the_log_of_a_restricted_incident_does_not_exist_for_others(ben: Actor) -> None:
    id_ = incidents.declare(HOUSE, title="Stolen", kind="security", page=False)
    path = f"/incidents/{incident(HOUSE, id_).reference}/log/"
    assert signed_in(ben).get(path).status_code == 404
    assert signed_in(ben).get(f"{path}export").status_code == 404


def test_a_full_page_costs_the_same_however_long_the_log_is(ben: Actor) -> None:
    id_ = incidents.declare(HOUSE, title="Checkout fails", kind="disruption", severity="high", page=False)
    path = f"/incidents/{incident(HOUSE, id_).reference}/log/"
    client = signed_in(ben)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            text(client, path)
        return len(found)

    for number in range(55):
        incidents.change(HOUSE, incident=id_, title=f"Title {number}")
    few = asked()
    for number in range(55, 75):
        incidents.change(HOUSE, incident=id_, title=f"Title {number}")
    assert asked() == few
