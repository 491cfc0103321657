"""One reader per process for all listeners: a fixed number of queries per tick, however many are connected.

Positions are kept per stream, never across streams: a later id can commit before an earlier one. Reading the log has a
thread of its own, so that it never waits for the gates, which are asked in another.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import structlog
from django.db import Error, close_old_connections, connections

from tocsin.core.engine.wake import Bell
from tocsin.core.events.read import NEWS, news
from tocsin.core.events.types import Event, Recorded
from tocsin.core.live.access import Answer, Identify, Wish, answers
from tocsin.core.live.client import Client, Script, message
from tocsin.core.live.hints import Hints, ask_gates
from tocsin.core.live.presence import Presence

log = structlog.get_logger()
T = TypeVar("T")

TICK = 0.5
GAP = 0.05
"""Least time between two looks: a storm of wake-ups must not read the log without pause."""
RECHECK = 30.0
"""Longest time for which a listener goes on unasked; from half of it on it is asked when its turn comes."""
CARE = 1.0
"""Seconds between two rounds of beats and of asking again."""
BEAT = 15.0
UNWELL = 1.0
"""Seconds to leave a store alone that has failed."""
AT_ONCE = 200
"""Arrivals that are asked for together."""


class Tailer:
    """All listeners of this process."""

    def __init__(self) -> None:
        self.clients: dict[Client, None] = {}
        """In the order in which they were last asked whether they still may."""
        self.hints = Hints()
        self._presence = Presence()
        self._listeners: dict[str, set[Client]] = {}
        self._positions: dict[str, int] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="live-reader")
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="live-asker")
        self._tasks: list[asyncio.Task[None]] = []
        self._rung = (asyncio.Event(), asyncio.Event())
        self._arrivals: dict[Wish, list[asyncio.Future[Answer]]] = {}
        self._admitting: asyncio.Task[None] | None = None
        self._identify: Identify = lambda sessions: {}

    async def start(self, identify: Identify) -> None:
        """Begin to read; `identify` says who stands behind sessions now."""
        self._identify = identify
        reading, hinting = self._rung
        steps = ((self._tick, TICK, reading), (self._hint, TICK, hinting), (self._look_after, CARE, asyncio.Event()))
        self._tasks = [asyncio.create_task(self._listen_for_rings())]
        self._tasks += [asyncio.create_task(self._keep(*step)) for step in steps]

    async def stop(self) -> None:
        """Hang up on everybody and stop reading."""
        for client in list(self.clients):
            client.line.hang_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        threads = (self._reader, self._asker)
        closing = [asyncio.get_running_loop().run_in_executor(one, connections.close_all) for one in threads]
        await asyncio.wait(closing, timeout=1)
        for one in threads:
            one.shutdown(wait=False, cancel_futures=True)

    async def admit(self, session: str, streams: tuple[str, ...]) -> Answer:
        """Who this is, and whether and from where it may follow. Those who arrive together are asked for together."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._arrivals.setdefault((session, streams), []).append(answer)
        if self._admitting is None:
            self._admitting = asyncio.create_task(self._admit())
        return await answer

    async def attach(self, client: Client, heads: Mapping[str, int]) -> None:
        """Connect a listener, deliver what it missed, keep it informed. `heads`: where its streams stood when asked."""
        self.clients[client] = None
        for stream, seq in client.positions.items():
            self._positions.setdefault(stream, seq)
            self._listeners.setdefault(stream, set()).add(client)
        missed: list[Recorded[Event]] = []
        behind = any(seq < max(heads[s], self._positions[s]) for s, seq in client.positions.items())
        positions = dict(client.positions)
        while behind:
            page = await self._in(self._reader, news, dict(positions))
            missed += page
            positions |= {entry.stream: entry.seq for entry in page}
            behind = len(page) == NEWS
        if any(entry.event.changes_access for entry in missed):
            await self._check([client])
        client.caught_up(missed)
        self._moved_about(client)

    def detach(self, client: Client) -> None:
        """Forget a listener."""
        self.clients.pop(client, None)
        for stream in client.positions:
            listeners = self._listeners.get(stream, set())
            listeners.discard(client)
            if not listeners:
                self._listeners.pop(stream, None)
                self._positions.pop(stream, None)
        self._moved_about(client)

    def _moved_about(self, client: Client) -> None:
        for stream in client.positions:
            self._presence.moved(stream, len(self._listeners.get(stream, ())))

    async def _in(self, thread: Executor, function: Callable[..., T], *args: object) -> T:
        """Run a query in one of the tailer's own threads, never on the event loop."""

        def run() -> T:
            close_old_connections()
            return function(*args)

        return await asyncio.get_running_loop().run_in_executor(thread, run)

    async def _keep(self, step: Callable[[], Awaitable[None]], pause: float, rung: asyncio.Event) -> None:
        """Do a step when it is rung for, and else after each pause."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), pause)
            rung.clear()
            try:
                await step()
                await asyncio.sleep(GAP)
            except Error:
                log.exception("live_store_unwell")
                await asyncio.sleep(UNWELL)

    async def _listen_for_rings(self) -> None:
        loop = asyncio.get_running_loop()
        bell = Bell("live")
        bell.socket.setblocking(False)
        loop.add_reader(bell.socket.fileno(), self._ring, bell)
        try:
            await loop.create_future()
        finally:
            loop.remove_reader(bell.socket.fileno())
            bell.close()

    def _ring(self, bell: Bell) -> None:
        with contextlib.suppress(OSError):
            while bell.socket.recv(16):
                pass
        for each in self._rung:
            each.set()

    async def _admit(self) -> None:
        try:
            while self._arrivals:
                batch = {wish: self._arrivals.pop(wish) for wish in list(islice(self._arrivals, AT_ONCE))}
                found: dict[Wish, Answer] | Exception
                try:
                    found = await self._in(self._asker, answers, self._identify, batch)
                except Error as error:
                    found = error
                for wish, waiting in batch.items():
                    for answer in (one for one in waiting if not one.done()):
                        if isinstance(found, Exception):
                            answer.set_exception(found)
                        else:
                            answer.set_result(found[wish])
        finally:
            self._admitting = None

    async def _tick(self) -> None:
        if not self.clients:
            return
        entries = await self._in(self._reader, news, dict(self._positions))
        read_at = time.monotonic()
        by_stream: dict[str, list[Recorded[Event]]] = {}
        for entry in entries:
            by_stream.setdefault(entry.stream, []).append(entry)
        shaken = {s for s, es in by_stream.items() if any(e.event.changes_access for e in es)}
        if shaken:
            self.hints.forget()
        # Those who come meanwhile may have been asked before access changed.
        while asked := [c for c in self.clients if c.checked_at < read_at and shaken & c.positions.keys()]:
            await self._check(asked)
        script = Script()
        for stream, found in by_stream.items():
            if stream in self._positions:
                self._positions[stream] = found[-1].seq
            for client in list(self._listeners.get(stream, ())):
                client.offer(found, script)
        self._presence.tell(self._listeners)

    async def _look_after(self) -> None:
        """A beat to those who heard nothing for long; the question whether they still may to those whose turn it is."""
        at = time.monotonic()
        for client in self.clients:
            if at - client.line.wrote_at > BEAT:
                client.line.write(b": beat\n\n")
        share = math.ceil(len(self.clients) / max(1.0, RECHECK / 2 - 3))
        oldest = list(islice(self.clients, share))
        await self._check([client for client in oldest if at - client.checked_at > RECHECK / 2])

    async def _check(self, clients: list[Client]) -> None:
        """Ask the gates again, and cut off who may no longer follow before anything else is sent to it."""
        at = time.monotonic()
        wishes = {client: (client.session, tuple(client.positions)) for client in clients}
        for client in wishes:
            client.checked_at = at
            if client in self.clients:
                self.clients[client] = self.clients.pop(client)
        if not wishes:
            return
        found = await self._in(self._asker, answers, self._identify, set(wishes.values()))
        for client, wish in wishes.items():
            answer = found[wish]
            if answer.actor is None or not answer.allowed:
                client.line.hang_up(message("gone", {}))
                self.detach(client)
            elif client.checked_at == at:
                client.actor = answer.actor

    async def _hint(self) -> None:
        if not self.clients:
            self.hints.rest()
            return
        moved = await self._in(self._reader, self.hints.moved)
        await self.hints.tell(moved, list(self.clients), lambda asked: self._in(self._asker, ask_gates, asked))
