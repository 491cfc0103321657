"""One reader per process for all listeners: a fixed number of queries per tick, however many are connected.

Positions are kept per stream, never across streams: a later id can commit before an earlier one.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import DatabaseError, close_old_connections
from django.db.models import Max

from tocsin.core.engine.wake import Bell
from tocsin.core.events.models import Entry
from tocsin.core.events.read import news
from tocsin.core.events.types import Event, Recorded
from tocsin.core.live.client import Client, Script, message
from tocsin.core.visibility import visible
from tocsin.kernel.actor import Actor

log = structlog.get_logger()
T = TypeVar("T")

TICK = 0.5
GAP = 0.05
"""Least time between two looks: a storm of wake-ups must not read the log without pause."""
RECHECK = 30.0
ECHO = 2.0
PRESENCE_EACH = 0.002
"""Seconds that a change of presence may wait for each listener of the stream: 0.4 s for 200, 10 s for 5,000."""
MOST_PEOPLE = 50


class Tailer:
    """All listeners of this process."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self._listeners: dict[str, set[Client]] = {}
        self._came_or_went: dict[str, float] = {}
        self._positions: dict[str, int] = {}
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live")
        self._task: asyncio.Task[None] | None = None
        self._last_id: int | None = None
        self._echo: dict[str, float] = {}
        self._allowed: dict[tuple[str, str], tuple[bool, float]] = {}
        self._rung = asyncio.Event()
        self._identify: Callable[[str], Actor | None] = lambda session: None

    async def start(self, identify: Callable[[str], Actor | None]) -> None:
        """Begin to read; `identify(session)` says who a session is now, None when it ended."""
        self._identify = identify
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Hang up on everybody and stop reading."""
        for client in list(self.clients):
            client.hang_up()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def attach(self, client: Client) -> None:
        """Connect a listener, deliver what it missed, keep it informed."""
        client.checked_at = time.monotonic()
        self.clients.add(client)
        for stream, seq in client.positions.items():
            self._positions.setdefault(stream, seq)
            self._listeners.setdefault(stream, set()).add(client)
        missed = await self.in_thread(news, dict(client.positions))
        client.caught_up(missed)
        self._moved_about(client)

    def detach(self, client: Client) -> None:
        """Forget a listener."""
        self.clients.discard(client)
        for stream in client.positions:
            listeners = self._listeners.get(stream, set())
            listeners.discard(client)
            if not listeners:
                self._listeners.pop(stream, None)
                self._positions.pop(stream, None)
        self._moved_about(client)

    async def in_thread(self, function: Callable[..., T], *args: object) -> T:
        """Run a query in the tailer's own threads, never on the event loop."""

        def run() -> T:
            close_old_connections()
            return function(*args)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _moved_about(self, client: Client) -> None:
        """Who listens is told with the next tick; where many listen, seldom: each of them hears of each other."""
        at = time.monotonic()
        for stream in client.positions:
            wait = len(self._listeners.get(stream, ())) * PRESENCE_EACH
            self._came_or_went.setdefault(stream, at + wait)

    def _tell_presence(self) -> None:
        """Tell the listeners of each stream who else is here. Presence never enters the log."""
        at = time.monotonic()
        for stream in [s for s, when in self._came_or_went.items() if when <= at]:
            del self._came_or_went[stream]
            here = self._listeners.get(stream, set())
            people = sorted({(c.actor.name, c.actor.person) for c in here if c.actor.person})
            shown = [{"name": name, "person": person} for name, person in people[:MOST_PEOPLE]]
            raw = message("presence", {"stream": stream, "people": shown, "more": max(0, len(people) - MOST_PEOPLE)})
            for client in here:
                client.push(raw)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        bell = Bell("live")
        bell.socket.setblocking(False)
        loop.add_reader(bell.socket.fileno(), self._ring, bell)
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._rung.wait(), TICK)
                self._rung.clear()
                try:
                    await self._tick()
                    await asyncio.sleep(GAP)
                except DatabaseError:
                    log.exception("live_store_unwell")
                    await asyncio.sleep(1)
        finally:
            loop.remove_reader(bell.socket.fileno())
            bell.close()

    def _ring(self, bell: Bell) -> None:
        with contextlib.suppress(OSError):
            while bell.socket.recv(16):
                pass
        self._rung.set()

    async def _tick(self) -> None:
        if not self.clients:
            self._last_id = None
            return
        entries = await self.in_thread(news, dict(self._positions))
        by_stream: dict[str, list[Recorded[Event]]] = {}
        for entry in entries:
            by_stream.setdefault(entry.stream, []).append(entry)
            self._positions[entry.stream] = entry.seq
        shaken = {s for s, es in by_stream.items() if any(e.event.changes_access for e in es)}
        await self._recheck(shaken)
        script = Script()
        for stream, found in by_stream.items():
            for client in list(self._listeners.get(stream, ())):
                client.offer(found, script)
        self._tell_presence()
        await self._hint()

    async def _recheck(self, shaken: set[str]) -> None:
        """Ask the gates again: of everybody when access changed, of each listener every 30 s."""
        at = time.monotonic()
        if shaken:
            self._allowed.clear()
        due = [c for c in self.clients if at - c.checked_at > RECHECK or shaken & c.positions.keys()]
        found: dict[str, Actor | None] = {}
        for client in due[:200]:
            client.checked_at = at
            if client.session not in found:
                found[client.session] = await self.in_thread(self._identify, client.session)
            actor = found[client.session]
            allowed = await self.in_thread(visible, actor, list(client.positions)) if actor else set()
            if actor is None or client.positions.keys() - allowed:
                client.hang_up(message("gone", {}))
                self.detach(client)
            else:
                client.actor = actor

    async def _hint(self) -> None:
        """Tell screens that show many subjects that something changed; they fetch again what they may see.

        A hint is sent once more after two seconds: an entry with a lower id may have been committed after it.
        """
        streams = await self.in_thread(self._moved)
        at = time.monotonic()
        due = set(streams) | {s for s, when in self._echo.items() if when <= at}
        self._echo = {s: when for s, when in self._echo.items() if when > at} | dict.fromkeys(streams, at + ECHO)
        if not due:
            return
        kinds_of = {stream: stream.partition(":")[0] for stream in due}
        for client in [c for c in self.clients if c.kinds]:
            wanted = [s for s in due if kinds_of[s] in client.kinds]
            kinds = {kinds_of[s] for s in await self._permitted(client.actor, wanted)}
            if kinds:
                client.push(message("changed", {"kinds": sorted(kinds)}))

    def _moved(self) -> list[str]:
        if self._last_id is None:
            self._last_id = Entry.objects.aggregate(last=Max("id"))["last"] or 0
            return []
        rows = list(Entry.objects.filter(id__gt=self._last_id).order_by("id").values_list("id", "stream")[:2000])
        if rows:
            self._last_id = rows[-1][0]
        return list({stream for _, stream in rows})

    async def _permitted(self, actor: Actor, streams: list[str]) -> list[str]:
        at = time.monotonic()
        known = {s: self._allowed.get((actor.id, s)) for s in streams}
        ask = [s for s, found in known.items() if found is None or found[1] < at]
        if ask:
            allowed = await self.in_thread(visible, actor, ask)
            if len(self._allowed) > 100_000:
                self._allowed.clear()
            for stream in ask:
                self._allowed[actor.id, stream] = (stream in allowed, at + RECHECK)
        return [s for s in streams if self._allowed.get((actor.id, s), (False, 0.0))[0]]
