"""The live stream: who comes back misses nothing, and nobody sees what he may not."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from tocsin.core.live import hints
from tocsin.core.live.tests.listening import ME, ClosedOff, Listener, Wrote, running, say
from tocsin.core.log import append

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_what_is_said_arrives(monkeypatch, people):
    async with running(monkeypatch):
        listener = Listener("stream=note:1", "amina")
        assert await listener.status() == 200
        await listener.next("hello")
        await say("note:1", "hello")
        entry = await listener.next("entry")
        assert (entry["sentence"], entry["actor"], entry["type"]) == ("hello", "Tocsin", "live.wrote")
        await listener.leave()


async def test_a_client_that_comes_back_gets_exactly_what_it_missed(monkeypatch, people):
    async with running(monkeypatch):
        first = Listener("stream=note:1", "amina")
        await first.next("hello")
        await say("note:1", "one")
        await first.next("entry")
        cursor = await first.leave()
        await say("note:1", "two")
        await say("note:1", "three")
        again = Listener("stream=note:1", "amina", after=cursor)
        assert [(await again.next("entry"))["sentence"] for _ in range(2)] == ["two", "three"]
        await say("note:1", "four")
        assert (await again.next("entry"))["sentence"] == "four"
        await again.leave()


async def test_an_entry_for_others_is_not_sent_and_leaves_no_trace_in_the_cursor(monkeypatch, people):
    async with running(monkeypatch):
        listener = Listener("stream=note:1", "mallory")
        await listener.next("hello")
        await say("note:1", "for security only", audience="role:security")
        await say("note:1", "for all")
        assert (await listener.next("entry"))["sentence"] == "for all"
        assert "note" not in listener.cursor
        assert listener.cursor != "2"
        await listener.leave()


async def test_a_stranger_and_one_without_access_are_refused_alike_to_a_missing_subject(monkeypatch, people):
    async with running(monkeypatch):
        assert await Listener("stream=note:1", "nobody").status() == 401
        assert await Listener("stream=note:secret", "mallory").status() == 404
        assert await Listener("stream=unknown:1", "mallory").status() == 404


async def test_who_loses_access_is_cut_off_before_the_next_entry(monkeypatch, people):
    closed = people[1]
    async with running(monkeypatch):
        amina, mallory = Listener("stream=note:1", "amina"), Listener("stream=note:1", "mallory")
        await amina.next("hello")
        await mallory.next("hello")
        closed.add("1")

        def close_off() -> None:
            with transaction.atomic():
                append("note:1", ClosedOff(), ME)
                append("note:1", Wrote(text="the secret"), ME)

        await sync_to_async(close_off)()
        assert (await amina.next("entry"))["sentence"] == "closed this off"
        assert (await amina.next("entry"))["sentence"] == "the secret"
        await mallory.next("gone")
        await asyncio.wait_for(mallory.task, 5)
        await amina.leave()


async def test_lists_are_told_that_something_changed_only_if_they_may_see_it(monkeypatch, people):
    monkeypatch.setattr(hints, "ECHO", 0.2)
    async with running(monkeypatch) as tailer:
        listener = Listener("kind=note", "mallory")
        await listener.next("hello")
        while not tailer.hints.watching:
            await asyncio.sleep(0.01)
        await say("note:secret", "hidden")
        await say("note:open", "seen")
        assert await listener.next("changed") == {"kinds": ["note"]}
        hidden = Listener("kind=note", "mallory")
        await hidden.next("hello")
        await asyncio.sleep(0.8)  # the echo of the first hint has passed
        while not hidden.sent.empty():
            hidden.sent.get_nowait()
        await say("note:secret", "hidden again")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hidden.next("changed"), 1.2)
        await listener.leave()
        await hidden.leave()


async def test_people_on_one_subject_see_who_else_is_here(monkeypatch, people):
    async with running(monkeypatch):
        amina = Listener("stream=note:1", "amina")
        await amina.next("presence")
        mallory = Listener("stream=note:1", "mallory")
        here = await amina.next("presence")
        assert [person["name"] for person in here["people"]] == ["Amina", "Mallory"]
        await mallory.leave()
        assert len((await amina.next("presence"))["people"]) == 1
        await amina.leave()
