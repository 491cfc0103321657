"""Wake-ups: hints that make polling faster, never more. Losing every one of them loses nothing.

A wake-up is an empty Unix datagram to every socket in `<home>/run/`: engines and the live tailers of this machine.
"""

import contextlib
import os
import socket
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction


def _folder() -> Path:
    return Path(settings.HOME) / "run"


@lru_cache(maxsize=8)
def _short(folder: str) -> str:
    """A name of the folder that fits into a socket's address, which holds 107 bytes at most."""
    return folder if len(os.fsencode(folder)) < 70 else f"/proc/self/fd/{os.open(folder, os.O_PATH)}"


def _address(path: Path) -> str:
    return f"{_short(str(path.parent))}/{path.name}"


class Bell:
    """This process's ear: `wait` returns early when another process rings."""

    def __init__(self, role: str) -> None:
        _folder().mkdir(exist_ok=True)
        self.path = _folder() / f"{role}-{os.getpid()}.sock"
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(_address(self.path))

    def wait(self, seconds: float) -> bool:
        """True when rung within `seconds`; swallows all rings that came meanwhile."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            self.socket.recv(16)
        except OSError:
            return False
        self.socket.setblocking(False)
        with contextlib.suppress(OSError):
            while self.socket.recv(16):
                pass
        return True

    def close(self) -> None:
        """Stop listening."""
        self.socket.close()
        self.path.unlink(missing_ok=True)


def wake_engine() -> None:
    """Ring every bell of this machine. Cheap; never raises."""
    _ring("")


def wake_listeners() -> None:
    """Ring the bells of the live tailers alone: something is to be seen, nothing to be done."""
    _ring("live-")


def wake_on_commit(wake: Callable[[], None]) -> None:
    """Have `wake` called once after this transaction, however often it is asked for."""
    if not any(waiting is wake for _, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(wake)


def _ring(role: str) -> None:
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    folder = _folder()
    with sender, contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        short = _short(str(folder))
        for name in (entry.name for entry in entries):
            if not name.endswith(".sock") or not name.startswith(role):
                continue
            try:
                sender.sendto(b"1", f"{short}/{name}")
            except ConnectionRefusedError:
                (folder / name).unlink(missing_ok=True)  # its process died without saying so
            except OSError:
                continue
