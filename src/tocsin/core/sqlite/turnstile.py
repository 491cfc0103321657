"""Turns at the one writer of SQLite, so that a busy program cannot keep another waiting for long.

SQLite's own waiting is a poll that grows to 100 ms: between two transactions of a busy program a waiting one never
finds the gap. Hides two locked files beside the database. They only order writers: without them, as on a full disk,
all is still correct.
"""

import fcntl
import time
from pathlib import Path
from typing import IO

_LOOK_EVERY = 0.0005
_STEP_ASIDE = 0.002
"""Seconds in which one who waits looks again and takes the turn."""
_PATIENCE = 5.0
"""Then a frozen holder is overtaken: SQLite's own lock decides, as it does without us."""


class Turnstile:
    """One thread's handles: `turn` is locked while writing, `wish` by those who wait for it."""

    def __init__(self) -> None:
        self._turn: IO[bytes] | None = None
        self._wish: IO[bytes] | None = None
        self._inside = False

    def enter(self, database: str) -> None:
        """Wait for the turn at this file, at most `_PATIENCE` seconds. Another file only after `close`."""
        try:
            turn, wish = self._files(database)
        except OSError:
            return
        self._inside = True
        if _taken(turn):
            return
        fcntl.flock(wish, fcntl.LOCK_SH)
        for _ in range(round(_PATIENCE / _LOOK_EVERY)):
            time.sleep(_LOOK_EVERY)
            if _taken(turn):
                break
        fcntl.flock(wish, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Give the turn up, and step aside for a moment if another waits. Nothing happens to one who is not inside."""
        if not self._inside or self._turn is None or self._wish is None:
            return
        self._inside = False
        fcntl.flock(self._turn, fcntl.LOCK_UN)
        if _taken(self._wish):
            fcntl.flock(self._wish, fcntl.LOCK_UN)
        else:
            time.sleep(_STEP_ASIDE)

    def close(self) -> None:
        """Give the turn and the handles up; the next turn opens them again."""
        self.leave()
        for file in (self._turn, self._wish):
            if file is not None:
                file.close()
        self._turn = self._wish = None

    def _files(self, database: str) -> tuple[IO[bytes], IO[bytes]]:
        if self._turn is None or self._wish is None:
            file = Path(database)
            self._turn = file.with_name(f"{file.name}-turn").open("ab")
            self._wish = file.with_name(f"{file.name}-wish").open("ab")
        return self._turn, self._wish


def _taken(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
