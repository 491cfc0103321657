"""Sign-in links, passwords, sessions and API tokens: each opens only what it should, and only as long."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client

from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.models import ApiToken, SignInLink
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE, SEE
from tocsin.kernel.actor import ANONYMOUS, Actor, Role, system
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

HOUSE = system("test")
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PASSWORD = "a-long-and-unusual-sentence"


def token_of(path: str) -> str:
    return path.removeprefix("/sign-in/")


def test_a_link_signs_in_once(ana: Actor) -> None:
    token = token_of(commands.sign_in_link(ana, "ANA@example.org"))
    assert commands.use_sign_in_link(ANONYMOUS, token=token) == ana.person
    with pytest.raises(NotFound):
        commands.use_sign_in_link(ANONYMOUS, token=token)
    assert not SignInLink.objects.filter(token_hash__contains=token).exists()


def test_a_link_dies_after_fifteen_minutes(ana: Actor) -> None:
    with time_machine.travel(NIGHT) as clock:
        in_time = token_of(commands.sign_in_link(ana, "ana@example.org"))
        late = token_of(commands.sign_in_link(ana, "ana@example.org"))
        clock.shift(timedelta(minutes=14, seconds=59))
        assert commands.use_sign_in_link(ANONYMOUS, token=in_time)
        clock.shift(timedelta(seconds=1))
        with pytest.raises(NotFound):
            commands.use_sign_in_link(ANONYMOUS, token=late)


def test_a_link_of_a_deactivated_person_opens_nothing(ana: Actor, ben: Actor) -> None:
    token = token_of(commands.sign_in_link(ana, "ben@example.org"))
    commands.deactivate_person(ana, person_id=ben.person)
    with pytest.raises(NotFound):
        commands.use_sign_in_link(ANONYMOUS, token=token)
    with pytest.raises(NotFound):
        commands.sign_in_link(ana, "ben@example.org")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_with_the_same_link_one_gets_in() -> None:
    commands.add_person(HOUSE, email="ana@example.org", name="Ana", roles=[Role.ADMINISTRATOR])
    token = token_of(commands.sign_in_link(HOUSE, "ana@example.org"))
    ready, outcomes = threading.Barrier(4), []

    def press() -> None:
        ready.wait()
        try:
            outcomes.append(commands.use_sign_in_link(ANONYMOUS, token=token))
        except NotFound:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes).count("refused") == 3
    used = [e for e in read_stream(f"person:{queries.administrator_ids()[0]}") if e.type.endswith("link_used")]
    assert len(used) == 1


def test_a_first_password_is_set_once_and_never_by_someone_else(ana: Actor, ben: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        commands.set_first_password(ben, person_id=ben.person, password="short")
    assert refused.value.field == "password"
    commands.set_first_password(ben, person_id=ben.person, password=PASSWORD)
    with pytest.raises(Conflict):
        commands.set_first_password(ben, person_id=ben.person, password=PASSWORD + "2")
    with pytest.raises(Denied):
        commands.set_password(ana, person_id=ben.person, password=PASSWORD)
    program = Actor("token:1", "program", ben.roles, person=ben.person, scopes=frozenset({"*"}))
    with pytest.raises(Denied):
        commands.set_password(program, person_id=ben.person, password=PASSWORD)


def test_changing_a_password_ends_sessions_elsewhere(ben: Actor) -> None:
    commands.set_first_password(ben, person_id=ben.person, password=PASSWORD)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        assert client.login(username="ben@example.org", password=PASSWORD)
    assert all(get_user(client).is_authenticated for client in (here, elsewhere))
    commands.set_password(ben, person_id=ben.person, password="another-unusual-sentence")
    assert not any(get_user(client).is_authenticated for client in (here, elsewhere))


def test_deactivating_a_person_ends_their_sessions(ana: Actor, ben: Actor) -> None:
    commands.set_first_password(ben, person_id=ben.person, password=PASSWORD)
    client = Client()
    assert client.login(username="ben@example.org", password=PASSWORD)
    commands.deactivate_person(ana, person_id=ben.person)
    assert not get_user(client).is_authenticated


def test_a_token_opens_what_its_scopes_name_and_no_more(ana: Actor) -> None:
    raw = commands.add_token(ana, name="Reader", scopes=["accounts.see"])
    actor = queries.token_actor(raw)
    assert actor is not None
    assert actor.has(SEE)
    assert not actor.has(MANAGE_PEOPLE)
    assert queries.token_actor(raw + "x") is None
    assert not ApiToken.objects.filter(token_hash=raw).exists()
    assert raw.startswith(queries.tokens(ana)[0].prefix)


def test_a_token_never_has_more_than_its_owner_has_today(ana: Actor, ben: Actor) -> None:
    raw = commands.add_token(ana, name="Ben's script", scopes=["*"], owner=ben.person)
    actor = queries.token_actor(raw)
    assert actor is not None
    assert (actor.roles, actor.person) == (frozenset(), ben.person)
    commands.set_roles(ana, person_id=ben.person, roles=["administrator"])
    promoted = queries.token_actor(raw)
    assert promoted is not None
    assert promoted.has(MANAGE_PEOPLE)
    commands.deactivate_person(ana, person_id=ben.person)
    assert queries.token_actor(raw) is None


def test_nobody_gives_a_token_roles_that_they_lack(ana: Actor) -> None:
    with pytest.raises(Denied):
        commands.add_token(ana, name="Too much", scopes=["*"], roles=["security"])
    with pytest.raises(Invalid):
        commands.add_token(ana, name="Odd", scopes=["everything please"])


def test_tokens_end_when_revoked_or_expired(ana: Actor) -> None:
    with time_machine.travel(NIGHT) as clock:
        brief = commands.add_token(ana, name="Brief", scopes=["*"], expires_at=NIGHT + timedelta(hours=1))
        lasting = commands.add_token(ana, name="Lasting", scopes=["*"])
        clock.shift(timedelta(hours=1))
        assert queries.token_actor(brief) is None
        assert queries.token_actor(lasting) is not None
        commands.revoke_token(ana, token_id=next(t.id for t in queries.tokens(ana) if t.name == "Lasting"))
        assert queries.token_actor(lasting) is None
    told = [entry.event.sentence() for entry in read_stream("organisation:1")]
    assert told[-1] == "revoked the API token Lasting"


def test_last_used_is_kept_to_the_minute(ana: Actor) -> None:
    raw = commands.add_token(ana, name="Reader", scopes=["*"])
    with time_machine.travel(NIGHT, tick=False) as clock:
        commands.actor_by_token(raw)
        clock.shift(timedelta(seconds=30))
        commands.actor_by_token(raw)
        assert queries.tokens(ana)[0].last_used_at == NIGHT
        clock.shift(timedelta(seconds=31))
        commands.actor_by_token(raw)
        assert queries.tokens(ana)[0].last_used_at == NIGHT + timedelta(seconds=61)
