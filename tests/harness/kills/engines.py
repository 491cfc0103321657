"""Engines in children of a warm process, killed with SIGKILL at a named point or at any moment.

Hides forking and reaping. A fresh start of an engine would cost half a second; a fork costs a hundredth.
"""

import mmap
import os
import random
import signal
from collections import Counter
from datetime import datetime, timedelta

from django.db import connections

from tests.harness import peers
from tests.harness.kills.quick import computed
from tocsin.core.engine import loop, points
from tocsin.kernel.clock import now

POINTS = ("folded", "taken", "worked", "kept", "claimed", "begun", "acted", "recorded")
LONGEST = 0.4
"""Seconds of processor after which an engine that never came to its point is killed all the same."""
IDLE = timedelta(seconds=40)
"""Of quick time: an engine that has so little to do that it never gets old is killed after that."""


class Killer:
    """Makes an engine kill itself at the nth point it comes to, or the nth time it comes to `only`. Says which it was
    in memory that its parent shares."""

    def __init__(self, nth: int, only: str = "") -> None:
        self._left, self._only = nth, only
        self._where = mmap.mmap(-1, 1)

    def __call__(self, point: str) -> None:
        if self._only and point != self._only:
            return
        self._left -= 1
        if self._left <= 0:
            self._where[0] = POINTS.index(point) + 1
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def words(self) -> str:
        """Where it happened, for who counts."""
        return f"at {POINTS[self._where[0] - 1]}" if self._where[0] else "at random"


def fork_engine(name: str, killer: Killer | None = None) -> int:
    """Start an engine in a child of this warm process; returns its pid."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        peers.dies_with_us(signal.SIGKILL)
        if killer:
            points.listen(killer)
        process = loop.EngineProcess(name)
        signal.signal(signal.SIGTERM, lambda *_: process.stop())
        process.run()
    finally:
        os._exit(0)


class Victims:
    """So many engines at once, each with its end decided when it is born: half at a point, half at any moment.

    With `at`, all at that point.
    """

    def __init__(self, engines: int, chance: random.Random, at: str = "") -> None:
        self._engines, self._chance, self._at = engines, chance, at
        self._due: dict[int, tuple[float, datetime, Killer | None]] = {}
        self._born = 0
        self.killed = Counter[str]()

    def fill(self) -> None:
        """As many engines as there should be."""
        while len(self._due) < self._engines:
            self._born += 1
            killer, age = self._fate()
            pid = fork_engine(f"victim-{self._born}", killer)
            self._due[pid] = (age, now() + IDLE, killer)

    def _fate(self) -> tuple[Killer | None, float]:
        if self._at:
            return Killer(self._chance.randint(1, 2), self._at), LONGEST
        if self._chance.random() < 0.5:
            return Killer(self._chance.randint(1, 9)), LONGEST
        return None, self._chance.uniform(0.01, 0.3)

    def pids(self) -> list[int]:
        """Those that live."""
        return list(self._due)

    def reap(self) -> None:
        """Kill what is due, and count what died."""
        for pid, (age, until, killer) in list(self._due.items()):
            overdue = computed(pid) > age or now() > until
            if overdue:
                os.kill(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, 0 if overdue else os.WNOHANG)
            if done:
                del self._due[pid]
                self.killed[killer.words if killer else "at random"] += os.WIFSIGNALED(status)

    def end(self) -> None:
        """Kill those that are left; they do not count."""
        for pid in self._due:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._due.clear()


def stop(pids: list[int]) -> None:
    """Let engines finish and end."""
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        os.waitpid(pid, 0)
