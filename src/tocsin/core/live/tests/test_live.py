"""The live stream: who comes back misses nothing, and nobody sees what he may not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction

from tocsin.core import visibility
from tocsin.core.live import stream as live
from tocsin.core.live import tailer as tailing
from tocsin.core.live.tailer import Tailer
from tocsin.core.log import Event, append, event
from tocsin.kernel.actor import Actor, Role, system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
ME = system("test")


@event("live.wrote")
class Wrote(Event, frozen=True, kw_only=True):
    """Somebody wrote."""

    text: str

    def sentence(self) -> str:
        return self.text


@event("live.closed")
class ClosedOff(Event, frozen=True, kw_only=True):
    """The subject is no longer for everybody."""

    changes_access = True

    def sentence(self) -> str:
        return "closed this off"


class Listener:
    """A browser on the other side of the ASGI application."""

    def __init__(self, query: str, session: str, after: str = "") -> None:
        headers = [(b"cookie", f"sessionid={session}".encode())]
        if after:
            headers.append((b"last-event-id", after.encode()))
        self.scope = {"type": "http", "path": "/live", "query_string": query.encode(), "headers": headers}
        self.sent: asyncio.Queue[dict] = asyncio.Queue()
        self.leaving = asyncio.Event()
        self.cursor = after
        self.task = asyncio.create_task(live.application(self.scope, self._receive, self.sent.put))

    async def _receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def status(self) -> int:
        return (await asyncio.wait_for(self.sent.get(), 5))["status"]

    async def next(self, kind: str) -> dict:
        """The next message of this kind; remembers the cursor of every message on the way."""
        while True:
            part = await asyncio.wait_for(self.sent.get(), 5)
            if part["type"] != "http.response.body" or not part["body"]:
                continue
            lines = dict(line.split(": ", 1) for line in part["body"].decode().splitlines() if ": " in line)
            self.cursor = lines.get("id", self.cursor)
            if lines.get("event") == kind:
                return json.loads(lines["data"])

    async def leave(self) -> str:
        self.leaving.set()
        await asyncio.wait_for(self.task, 5)
        return self.cursor


@pytest.fixture
def people(monkeypatch):
    """Sessions `amina` and `mallory`; `secret` streams are for Amina alone."""
    known = {
        "amina": Actor(id="person:a", name="Amina", person="a", roles=frozenset({Role.SECURITY})),
        "mallory": Actor(id="person:m", name="Mallory", person="m", roles=frozenset({Role.VIEWER})),
    }
    closed: set[str] = {"secret"}
    monkeypatch.setitem(
        visibility._gates, "note", lambda actor, ids: {i for i in ids if i not in closed or actor.person == "a"}
    )
    monkeypatch.setattr(live, "who", known.get)
    return known, closed


@asynccontextmanager
async def running(monkeypatch) -> AsyncIterator[Tailer]:
    tailer = Tailer()
    monkeypatch.setattr(live, "tailer", tailer)
    await tailer.start(lambda session: live.who(session))
    try:
        yield tailer
    finally:
        await tailer.in_thread(connections.close_all)
        await tailer.in_thread(connections.close_all)
        await tailer.stop()


def _say(stream: str, text: str, audience: str = "") -> None:
    with transaction.atomic():
        append(stream, Wrote(text=text), ME, audience=audience)


say = sync_to_async(_say)


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
    monkeypatch.setattr(tailing, "ECHO", 0.2)
    async with running(monkeypatch) as tailer:
        listener = Listener("kind=note", "mallory")
        await listener.next("hello")
        while tailer._last_id is None:
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
