"""Holds other people's network code to the same rule: inside `guarded()`, a thread reaches permitted addresses only.

For libraries that bring their own HTTP client. Uses Python's audit events, which every socket of the process raises
just before it connects; without a `guarded()` block around it, code is not touched. Cannot see other processes.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tocsin.core.outgoing.addresses import AddressRefused, refusal

_here = threading.local()
_installed = threading.Event()
_lock = threading.Lock()
_NETWORK = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"})


def _audit(name: str, arguments: tuple[Any, ...]) -> None:
    if name not in _NETWORK and name not in _PROGRAMS:
        return
    if not getattr(_here, "depth", 0):
        return
    if name in _PROGRAMS:
        raise AddressRefused("Code that sends messages may not start programs.")
    address = arguments[1]
    if address is None:
        return
    host = address[0] if isinstance(address, tuple) else str(address)
    why = refusal(str(host))
    if why:
        _here.refused = f"Tocsin does not connect to {host}: {why}."
        raise AddressRefused(_here.refused)


@contextmanager
def guarded() -> Iterator[list[str]]:
    """Within it, this thread connects to permitted addresses only and starts no program.

    Yields a list that holds, afterwards, the sentence of a refusal: libraries like to swallow the exception.
    A library that connects by name instead of number is refused too, since the name could change in between.
    """
    with _lock:
        if not _installed.is_set():
            sys.addaudithook(_audit)
            _installed.set()
    refused: list[str] = []
    _here.depth = getattr(_here, "depth", 0) + 1
    _here.refused = ""
    try:
        yield refused
    finally:
        _here.depth -= 1
        if _here.refused:
            refused.append(_here.refused)
