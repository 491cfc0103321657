"""Many listeners at once: asked for together, cut off together, and none forgotten."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from tocsin.core import visibility
from tocsin.core.events.read import news
from tocsin.core.live import access, tailer
from tocsin.core.live.tests.listening import ME, ClosedOff, Listener, Wrote, running, say, say_now
from tocsin.core.log import append
from tocsin.core.visibility import visible, visible_to_many
from tocsin.kernel.actor import Actor, system

pytestmark = [pytest.mark.django_db(transaction=True)]
CROWD = 250


def _close_off(closed: set[str]) -> None:
    closed.add("1")
    with transaction.atomic():
        append("note:1", ClosedOff(), ME)
        append("note:1", Wrote(text="the secret"), ME)


close_off = sync_to_async(_close_off)


@pytest.mark.asyncio
async def test_everybody_of_a_crowd_loses_access_before_the_next_entry(monkeypatch, people):
    async with running(monkeypatch):
        crowd = [Listener("stream=note:1", "mallory") for _ in range(CROWD)]
        for one in crowd:
            await one.next("hello")
        await close_off(people[1])
        for one in crowd:
            await asyncio.wait_for(one.task, 5)
            said = b"".join(part.get("body", b"") for part in iter_now(one.sent))
            assert b"event: gone" in said
            assert b"the secret" not in said


def iter_now(queue):
    while not queue.empty():
        yield queue.get_nowait()


@pytest.mark.asyncio
async def test_who_was_let_in_just_before_access_changed_is_asked_again_before_the_secret(monkeypatch, people):
    """The gates said yes, then the subject was closed off, then the listener was connected."""
    goes_on = asyncio.Event()

    class Slow(Listener):
        async def send(self, part):
            await self.sent.put(part)
            await goes_on.wait()

    async with running(monkeypatch):
        amina = Listener("stream=note:1", "amina")
        await amina.next("hello")
        mallory = Slow("stream=note:1", "mallory")
        assert await mallory.status() == 200
        await close_off(people[1])
        assert [(await amina.next("entry"))["sentence"] for _ in range(2)] == ["closed this off", "the secret"]
        goes_on.set()
        await asyncio.wait_for(mallory.task, 5)
        assert not any(b"the secret" in part.get("body", b"") for part in iter_now(mallory.sent))
        await amina.leave()


@pytest.mark.asyncio
async def test_a_store_that_fails_while_access_is_asked_for_loses_no_entry(monkeypatch, people):
    monkeypatch.setattr(tailer, "UNWELL", 0.02)
    failures = []

    def failing(identify, wishes):
        if not failures:
            failures.append(1)
            raise DatabaseError("the store is away")
        return access.answers(identify, wishes)

    async with running(monkeypatch):
        amina = Listener("stream=note:1", "amina")
        await amina.next("hello")
        monkeypatch.setattr(tailer, "answers", failing)
        with capture_logs() as logged:
            await close_off(set())
            assert [(await amina.next("entry"))["sentence"] for _ in range(2)] == ["closed this off", "the secret"]
        assert [line["event"] for line in logged] == ["live_store_unwell"]
        await amina.leave()


@pytest.mark.asyncio
async def test_who_missed_more_than_one_look_at_the_log_holds_gets_all_of_it(monkeypatch, people):
    def few(positions):
        return news(positions, limit=3)

    monkeypatch.setattr(tailer, "NEWS", 3)
    monkeypatch.setattr(tailer, "news", few)
    async with running(monkeypatch):
        listener = Listener("stream=note:1", "amina")
        await listener.next("hello")
        cursor = await listener.leave()
        for number in range(8):
            await say("note:1", str(number))
        again = Listener("stream=note:1", "amina", after=cursor)
        assert [(await again.next("entry"))["sentence"] for _ in range(8)] == [str(n) for n in range(8)]
        await again.leave()


@pytest.mark.asyncio
async def test_who_listens_on_is_asked_again_in_time_and_cut_off_when_the_session_ended(monkeypatch, people):
    known = people[0]
    monkeypatch.setattr(tailer, "RECHECK", 0.0)
    monkeypatch.setattr(tailer, "CARE", 0.02)
    async with running(monkeypatch):
        mallory = Listener("stream=note:1", "mallory")
        await mallory.next("hello")
        del known["mallory"]
        await mallory.next("gone")
        await asyncio.wait_for(mallory.task, 5)


def test_asking_for_many_takes_as_many_queries_as_asking_for_one(people):
    known = people[0]
    for number in range(20):
        say_now(f"note:{number}", "there")

    def ask(count):
        wishes = [(session, (f"note:{n}",)) for session in ("amina", "mallory") for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as counted:
            found = access.answers(lambda sessions: {s: known[s] for s in sessions}, wishes)
        assert all(found[wish].allowed and found[wish].heads == {wish[1][0]: 1} for wish in wishes)
        return len(counted)

    assert ask(1) == ask(20) == 1


def test_what_many_may_see_is_what_each_may_see(monkeypatch, people):
    actors: list[Actor] = [*people[0].values(), system("test")]
    streams = {"note:1", "note:secret", "unknown:1"}
    assert visible_to_many(actors, streams) == {actor: visible(actor, streams) for actor in actors}
    monkeypatch.setitem(visibility._wide_gates, "note", lambda asked, ids: {actor: {"1"} for actor in asked})
    assert visible_to_many(actors, streams)[people[0]["amina"]] == {"note:1"}
