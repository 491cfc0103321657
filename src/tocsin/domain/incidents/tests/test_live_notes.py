"""A browser that loses its stream while a note is edited gets every entry once and in order, by the real stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tocsin.core.live import stream as live
from tocsin.core.live import tailer as tailing
from tocsin.core.live.tailer import Tailer
from tocsin.core.log import read_stream
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands
from tocsin.kernel.actor import Actor, Role, system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
ROUNDS = 5


class Browser:
    """Reads the stream of an incident; `drop` loses the connection, `connect` comes back with the last cursor."""

    def __init__(self, stream: str) -> None:
        self.stream, self.cursor = stream, ""
        self.seen: list[tuple[str, str]] = []

    def connect(self) -> None:
        headers = [(b"cookie", b"sessionid=amina")]
        if self.cursor:
            headers.append((b"last-event-id", self.cursor.encode()))
        scope = {"type": "http", "path": "/live", "query_string": f"stream={self.stream}".encode(), "headers": headers}
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.leaving = asyncio.Event()
        self.task = asyncio.create_task(live.application(scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, str]:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def drop(self) -> None:
        self.leaving.set()
        await asyncio.wait_for(self.task, 5)

    async def read(self) -> str:
        """The next message's kind; an entry is kept."""
        part = await asyncio.wait_for(self.sent.get(), 5)
        lines = dict(line.split(": ", 1) for line in part.get("body", b"").decode().splitlines() if ": " in line)
        self.cursor = lines.get("id", self.cursor)
        if lines.get("event") == "entry":
            body = json.loads(lines["data"])
            self.seen.append((body["type"], body["body"]))
        return lines.get("event", "")

    async def until(self, count: int) -> None:
        while len(self.seen) < count:
            await self.read()

    async def said_hello(self) -> None:
        while await self.read() != "hello":
            pass


@asynccontextmanager
async def streaming(monkeypatch: pytest.MonkeyPatch, actor: Actor) -> AsyncIterator[Tailer]:
    tailer = Tailer()
    monkeypatch.setattr(live, "tailer", tailer)
    monkeypatch.setattr(live, "who", {"amina": actor}.get)
    await tailer.start(live.who)
    try:
        yield tailer
    finally:
        await tailer.in_thread(connections.close_all)
        await tailer.in_thread(connections.close_all)
        await tailer.stop()


@pytest.fixture
def amina() -> Actor:
    id_ = accounts.add_person(system("test"), email="amina@example.org", name="Amina", roles=[Role.COMMANDER])
    return actor_of(id_)


def in_the_log(stream: str) -> list[tuple[str, str]]:
    return [(entry.type, entry.event.body()) for entry in read_stream(stream, limit=1000)]


async def test_a_stream_that_comes_back_while_a_note_is_edited_neither_loses_nor_reorders_entries(
    monkeypatch: pytest.MonkeyPatch, amina: Actor
) -> None:
    declared = sync_to_async(commands.declare)
    incident = await declared(amina, title="Slow", kind="disruption", severity="high", page=False)
    stream = f"incident:{incident}"
    before = len(await sync_to_async(in_the_log)(stream))
    note = (await sync_to_async(commands.write)(amina, incident=incident, text="It lags")).note

    edits = 0

    def edit() -> None:
        nonlocal edits
        edits += 1
        commands.edit_note(amina, note=note, text=f"It lags by {edits} s")

    real: Callable[..., Any] = tailing.news
    during: list[Callable[[], None]] = []

    def news(positions: dict[str, int]) -> Any:
        """What the stream reads, with an edit that commits just before and one just after it was read."""
        due, during[:] = list(during), []
        for act in due:
            act()
        found = real(positions)
        for act in due:
            act()
        return found

    async with streaming(monkeypatch, amina):
        browser = Browser(stream)
        browser.connect()
        await browser.said_hello()
        monkeypatch.setattr(tailing, "news", news)
        for round_ in range(ROUNDS):
            await sync_to_async(commands.write)(amina, incident=incident, text=f"Line {round_}")
            await sync_to_async(edit)()
            if round_ % 2:
                await browser.until(len(browser.seen) + 1)
            await browser.drop()
            await sync_to_async(edit)()
            during.append(edit)
            browser.connect()
            await browser.said_hello()
        wanted = (await sync_to_async(in_the_log)(stream))[before + 1 :]
        await browser.until(len(wanted))
        await browser.drop()
        while not browser.sent.empty():
            await browser.read()
    assert edits == 4 * ROUNDS
    assert browser.seen == wanted
