"""The Incident Log over everything: nobody sees more here than elsewhere, and a reading of it all finds tampering."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.alarms.standing import standing
from tocsin.core.engine.testing import run_engine
from tocsin.core.events.models import Stream
from tocsin.domain.accounts import commands, queries
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import incident
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    """Copies of checkpoints lie in the home, and must not be another test's."""
    settings.HOME = tmp_path


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def person(name: str, *roles: Role) -> Actor:
    return queries.actor_of(commands.add_person(HOUSE, email=f"{name.lower()}@example.org", name=name, roles=roles))


def declare(actor: Actor, title: str, kind: str = "disruption") -> str:
    return incidents.declare(actor, title=title, kind=kind, severity="high", page=False)


def page(client: Client, path: str = "/log/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_every_subject_with_a_link_and_is_narrowed_by_kind_and_type():
    ben = person("Ben", Role.RESPONDER)
    reference = incident(HOUSE, declare(ben, "Checkout fails")).reference
    run_engine(periodic=False)
    shown = page(signed_in(ben))
    assert f">{reference}<" in shown.replace("<bdi>", "").replace("</bdi>", "")
    assert "<code>accounts.person_added</code>" in shown
    assert "<code>accounts.person_added</code>" not in page(signed_in(ben), "/log/?kind=incident")
    assert "<code>incidents.declared</code>" not in page(signed_in(ben), "/log/?type=accounts.person_added")


def test_a_restricted_incident_is_not_in_it_for_others_not_even_in_the_csv():
    ben, sec = person("Ben", Role.RESPONDER), person("Sec", Role.SECURITY)
    id_ = declare(sec, "Stolen laptop", "security")
    incidents.write(sec, incident=id_, text="It was the laptop of finance")
    reference = incident(HOUSE, id_).reference
    assert "laptop of finance" in page(signed_in(sec))
    for path in ("/log/", "/log/?format=csv", "/log/?kind=incident"):
        shown = page(signed_in(ben), path)
        assert "laptop" not in shown
        assert reference not in shown


def test_older_entries_follow_on_the_next_page_without_a_gap():
    ben = person("Ben", Role.RESPONDER)
    id_ = declare(ben, "Checkout fails")
    for number in range(60):
        incidents.write(ben, incident=id_, text=f"note-{number:02}.")
    client = signed_in(ben)
    first = client.get("/log/?kind=incident")
    second = page(client, first.context["table"].next_url)
    both = first.content.decode() + second
    assert all(both.count(f"note-{number:02}.") == 1 for number in range(60))


def test_its_number_of_queries_does_not_grow_with_its_rows():
    ben = person("Ben", Role.RESPONDER)
    client = signed_in(ben)

    def cost(many: int) -> int:
        for number in range(many):
            declare(ben, f"Incident {number}")
        with CaptureQueriesContext(connection) as seen:
            page(client)
        return len(seen)

    assert cost(3) == cost(27)


def test_a_place_that_does_not_exist_is_refused_in_one_sentence():
    assert signed_in(person("Ben", Role.VIEWER)).get("/log/?after=x").status_code == 422


def test_the_whole_log_is_read_on_request_and_found_whole():
    ben = person("Ben", Role.RESPONDER)
    declare(ben, "Checkout fails")
    client = signed_in(ben)
    client.post("/log/verify/")
    assert "Being verified" in page(client)
    run_engine()
    assert "The log is whole" in page(client)
    assert standing() == []


def test_a_tail_that_was_cut_shows_on_the_page_and_alarms():
    ben = person("Ben", Role.RESPONDER)
    id_ = declare(ben, "Checkout fails")
    Stream.objects.filter(key=f"incident:{id_}").update(head_seq=99)
    client = signed_in(ben)
    client.post("/log/verify/")
    run_engine()
    assert "The log was tampered with" in page(client)
    assert "not whole" in standing()[0].sentence
