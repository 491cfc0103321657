"""Browsers on the other side of the live stream, by the ASGI application itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.db import transaction

from tocsin.core.live import stream as live
from tocsin.core.live.tailer import Tailer
from tocsin.core.log import Event, append, event
from tocsin.kernel.actor import system

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
        self.unread: list[str] = []
        self.leaving = asyncio.Event()
        self.cursor = after
        self.task = asyncio.create_task(live.application(self.scope, self._receive, self.send))

    async def _receive(self):
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, part) -> None:
        await self.sent.put(part)

    async def status(self) -> int:
        return (await asyncio.wait_for(self.sent.get(), 5))["status"]

    async def next(self, kind: str) -> dict:
        """The next message of this kind; remembers the cursor of every message on the way."""
        while True:
            lines = dict(line.split(": ", 1) for line in (await self._message()).splitlines() if ": " in line)
            self.cursor = lines.get("id", self.cursor)
            if lines.get("event") == kind:
                return json.loads(lines["data"])

    async def _message(self) -> str:
        """The next one; the server may write several at once."""
        while not self.unread:
            part = await asyncio.wait_for(self.sent.get(), 5)
            self.unread += part.get("body", b"").decode().split("\n\n")[:-1]
        return self.unread.pop(0)

    async def leave(self) -> str:
        self.leaving.set()
        await asyncio.wait_for(self.task, 5)
        return self.cursor


@asynccontextmanager
async def running(monkeypatch) -> AsyncIterator[Tailer]:
    tailer = Tailer()
    monkeypatch.setattr(live, "tailer", tailer)
    await tailer.start(lambda sessions: live.who(sessions))
    try:
        yield tailer
    finally:
        await tailer.stop()


def say_now(stream: str, text: str, audience: str = "") -> None:
    with transaction.atomic():
        append(stream, Wrote(text=text), ME, audience=audience)


say = sync_to_async(say_now)
