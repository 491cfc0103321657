"""Turns at the one writer of SQLite, so that a busy program cannot keep another waiting for long.

SQLite's own waiting is a poll that grows to 100 ms: between two transactions of a busy program a waiting one never
finds the gap. Hides two locked files in `<home>/run/`. They only order writers that ask; without them all is still
correct, and PostgreSQL needs none of this.
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

_LOOK_EVERY = 0.0005
_STEP_ASIDE = 0.002
"""Seconds in which one who waits looks again and takes the turn."""
_PATIENCE = 5.0
"""Then a frozen holder is overtaken: SQLite's own lock decides, as it does without us."""


class _Turnstile(threading.local):
    """This thread's handles: `turn` is held while writing, `wish` by those who wait for it."""

    turn: IO[bytes] | None = None
    wish: IO[bytes] | None = None
    inside = False

    def enter(self) -> None:
        turn, wish = self._files()
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(wish, fcntl.LOCK_SH)
            _wait_for(turn)
            fcntl.flock(wish, fcntl.LOCK_UN)

    def leave(self) -> None:
        turn, wish = self._files()
        fcntl.flock(turn, fcntl.LOCK_UN)
        try:
            fcntl.flock(wish, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_STEP_ASIDE)
        else:
            fcntl.flock(wish, fcntl.LOCK_UN)

    def _files(self) -> tuple[IO[bytes], IO[bytes]]:
        if self.turn is None or self.wish is None:
            folder = Path(settings.HOME) / "run"
            folder.mkdir(exist_ok=True)
            self.turn = (folder / "writer.turn").open("ab")
            self.wish = (folder / "writer.wish").open("ab")
        return self.turn, self.wish


def _wait_for(turn: IO[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        time.sleep(_LOOK_EVERY)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return


_turnstile = _Turnstile()


@contextmanager
def fair_turn() -> Iterator[None]:
    """Hold this around a whole transaction of a busy writer. Nothing happens on PostgreSQL or inside a transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or _turnstile.inside:
        yield
        return
    _turnstile.enter()
    _turnstile.inside = True
    try:
        yield
    finally:
        _turnstile.inside = False
        _turnstile.leave()
