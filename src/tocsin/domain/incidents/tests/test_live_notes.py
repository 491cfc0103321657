"""A browser that loses its stream while a note is edited gets every entry once and in order, by the real stream."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

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

    def __init__(self, stream: str, session: str = "amina") -> None:
        self.stream, self.session, self.cursor = stream, session, ""
        self.seen: list[tuple[str, str]] = []

    def connect(self) -> None:
        headers = [(b"cookie", f"sessionid={self.session}".encode())]
        if self.cursor:
            headers.append((b"last-event-id", self.cursor.encode()))
        scope = {"type": "http", "path": "/live", "query_string": f"stream={self.stream}".encode(), "headers": headers}
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.leaving = asyncio.Event()
        self.greeted = self.gone = False
        self.task = asyncio.create_task(live.application(scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, str]:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def drop(self) -> None:
        self.leaving.set()
        await asyncio.wait_for(self.task, 5)

    async def read(self) -> None:
        """What the server writes next, one or several messages; entries are kept."""
        part = await asyncio.wait_for(self.sent.get(), 5)
        for message in part.get("body", b"").decode().split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in message.splitlines() if ": " in line)
            self.cursor = lines.get("id", self.cursor)
            self.greeted = self.greeted or lines.get("event") == "hello"
            self.gone = self.gone or lines.get("event") == "gone"
            if lines.get("event") == "entry":
                body = json.loads(lines["data"])
                self.seen.append((body["type"], body["body"]))

    async def until(self, count: int) -> None:
        while len(self.seen) < count:
            await self.read()

    async def said_hello(self) -> None:
        while not self.greeted:
            await self.read()


@asynccontextmanager
async def streaming(monkeypatch: pytest.MonkeyPatch, **known: Actor) -> AsyncIterator[Tailer]:
    tailer = Tailer()
    monkeypatch.setattr(live, "tailer", tailer)
    monkeypatch.setattr(live, "who", lambda sessions: {one: known[one] for one in sessions if one in known})
    await tailer.start(live.who)
    try:
        yield tailer
    finally:
        await tailer.stop()


@pytest.fixture
def amina() -> Actor:
    id_ = accounts.add_person(system("test"), email="amina@example.org", name="Amina", roles=[Role.COMMANDER])
    return actor_of(id_)


@pytest.fixture
def vera() -> Actor:
    id_ = accounts.add_person(system("test"), email="vera@example.org", name="Vera", roles=[Role.RESPONDER])
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

    async with streaming(monkeypatch, amina=amina):
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
        wanted: list[tuple[str, str]] = []
        while edits < 4 * ROUNDS or len(browser.seen) < len(wanted):
            await browser.read()
            wanted = (await sync_to_async(in_the_log)(stream))[before + 1 :]
        await browser.drop()
        while not browser.sent.empty():
            await browser.read()
    assert edits == 4 * ROUNDS
    assert browser.seen == wanted


def _restricted(amina: Actor, incident: str, vera: Actor) -> None:
    commands.restrict(amina, incident=incident, reason="Fraud")


def _no_member(amina: Actor, incident: str, vera: Actor) -> None:
    commands.remove_member(amina, incident=incident, person=vera.person)


def _no_role(amina: Actor, incident: str, vera: Actor) -> None:
    commands.end_role(amina, incident=incident, role="liaison")


@pytest.mark.parametrize("end", [_restricted, _no_member, _no_role])
async def test_who_may_no_longer_see_an_incident_is_cut_off_before_what_is_said_next(
    monkeypatch: pytest.MonkeyPatch, amina: Actor, vera: Actor, end: Callable[[Actor, str, Actor], None]
) -> None:
    def begin() -> str:
        incident = commands.declare(amina, title="Slow", kind="disruption", severity="high", page=False)
        commands.assign_role(amina, incident=incident, role="commander", person=amina.person)
        if end is not _restricted:
            commands.restrict(amina, incident=incident, reason="Fraud")
        if end is _no_member:
            commands.add_member(amina, incident=incident, person=vera.person)
        if end is _no_role:
            commands.assign_role(amina, incident=incident, role="liaison", person=vera.person)
            commands.accept_role(vera, incident=incident, role="liaison")
        return incident

    def go_on() -> None:
        with transaction.atomic():
            end(amina, incident, vera)
            commands.write(amina, incident=incident, text="the secret")

    incident = await sync_to_async(begin)()
    async with streaming(monkeypatch, vera=vera):
        browser = Browser(f"incident:{incident}", "vera")
        browser.connect()
        await browser.said_hello()
        await sync_to_async(go_on)()
        while not browser.gone:
            await browser.read()
        await asyncio.wait_for(browser.task, 5)
        while not browser.sent.empty():
            await browser.read()
        assert "the secret" not in {body for _, body in browser.seen}
