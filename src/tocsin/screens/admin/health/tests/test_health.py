"""The health page as browsers meet it: what it says, who may retry, how many queries."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.models import Engine, Job, Turn
from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now

pytestmark = pytest.mark.django_db


def signed_in(name: str, *roles: Role) -> Client:
    made = commands.add_person(system("test"), email=f"{name.lower()}@example.org", name=name, roles=roles)
    actor: Actor = queries.actor_of(made)
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


def given_up(error: str) -> int:
    return Job.objects.create(
        kind="delivery.send", key=error, payload="{}", due_at=now(), created_at=now(), dead=True, last_error=error
    ).id


def text(client: Client) -> str:
    page = client.get("/health/")
    assert page.status_code == 200
    return page.content.decode()


def test_without_an_engine_it_shouts() -> None:
    client = signed_in("Ben", Role.RESPONDER)
    assert "No engine runs." in text(client)
    Engine.objects.create(name="one", host="h", pid=1, started_at=now(), beat_at=now())
    assert "No engine runs" not in text(client)
    Engine.objects.update(beat_at=now() - timedelta(minutes=1))
    assert "Silent" in text(client)


def test_an_administrator_retries_a_dead_letter_and_others_only_see_it() -> None:
    letter = given_up("the provider said no")
    ben, ana = signed_in("Ben", Role.RESPONDER), signed_in("Ana", Role.ADMINISTRATOR)
    assert "the provider said no" in text(ben)
    assert "/retry/" not in text(ben)
    assert ben.post(f"/health/dead-letters/{letter}/retry/").status_code == 403
    assert "tried again" in ana.post(f"/health/dead-letters/{letter}/retry/", follow=True).content.decode()
    assert not Job.objects.get(id=letter).dead
    assert ana.post(f"/health/dead-letters/{letter}/retry/").status_code == 404


def test_it_asks_as_often_for_many_workers_and_letters_as_for_few() -> None:
    client = signed_in("Ana", Role.ADMINISTRATOR)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            text(client)
        return len(found)

    for number in range(3):
        given_up(f"error {number}")
        Turn.objects.create(name=f"worker {number}", shard=0, due_at=now())
    few = asked()
    for number in range(3, 30):
        given_up(f"error {number}")
        Turn.objects.create(name=f"worker {number}", shard=0, due_at=now())
    assert asked() == few
