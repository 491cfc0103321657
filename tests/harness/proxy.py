"""A proxy between a transport and its provider, which does to each connection what it is told: the faults of networks.

Reads one request of HTTP, or one dialogue of SMTP, so that a fault happens at an exact place in it. Hides threads and
sockets. Never waits a fixed time: who is silent is so until the other side gives up, who is slow until released.
"""

import contextlib
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_RESET = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    """What happens to a connection. The SMTP ones are named after the last command that was still heard."""

    NONE = "none"
    SILENT = "accepted, then silence"
    TOO_MANY = "429 with Retry-After"
    BROKEN = "500"
    SLOW = "answers when released"
    RESET_BEFORE_BODY = "reset before the body"
    RESET_AFTER_BODY = "reset after the body"
    BUSY = "421 at the first command"
    CUT_AT_RCPT = "cut in the envelope"
    CUT_AT_DATA = "cut before the text"
    CUT_AT_TEXT = "cut after the text"


@dataclass
class Proxy:
    """`faults` are used up one by one, `always` after them. `held` are connections that wait for `release`."""

    port: int
    target: int
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault = Fault.NONE
    connections: int = 0
    held: int = 0
    _gate: threading.Event = field(default_factory=threading.Event)

    def next_fault(self) -> Fault:
        """What the connection that was just taken suffers."""
        self.connections += 1
        return self.faults.popleft() if self.faults else self.always

    def release(self) -> None:
        """Let everybody who waits have the answer."""
        self._gate.set()

    def wait(self) -> None:
        """Called for a slow connection."""
        self.held += 1
        self._gate.wait(30)


Handler = Callable[[Proxy, Fault, socket.socket], None]


def _http(proxy: Proxy, fault: Fault, client: socket.socket) -> None:
    head = _until(client, b"\r\n\r\n")
    if fault is Fault.RESET_BEFORE_BODY:
        _reset(client)
        return
    start = head.index(b"\r\n\r\n") + 4
    length = _LENGTH.search(head, 0, start)
    request = _at_least(client, head, start + (int(length[1]) if length else 0))
    if fault is Fault.SILENT:
        client.recv(1)
        return
    own = {
        Fault.TOO_MANY: b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
        Fault.BROKEN: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    }.get(fault)
    if own is not None:
        client.sendall(own)
        return
    with socket.create_connection(("127.0.0.1", proxy.target)) as provider:
        provider.sendall(request)
        answer = _until(provider, b"\r\n\r\n")
    if fault is Fault.RESET_AFTER_BODY:
        _reset(client)
        return
    if fault is Fault.SLOW:
        proxy.wait()
    client.sendall(answer)


_CUTS = {Fault.CUT_AT_RCPT: b"RCPT", Fault.CUT_AT_DATA: b"DATA", Fault.CUT_AT_TEXT: b"."}


def _smtp(proxy: Proxy, fault: Fault, client: socket.socket) -> None:
    if fault is Fault.SILENT:
        client.recv(1)
        return
    with socket.create_connection(("127.0.0.1", proxy.target)) as provider:
        client.sendall(_reply(provider))
        text = False
        while True:
            said = _until(client, b"\r\n.\r\n" if text else b"\r\n")
            verb = b"." if text else said[:4].upper()
            if fault is Fault.BUSY and verb == b"MAIL":
                client.sendall(b"421 too busy, come back later\r\n")
                return
            if fault is Fault.SLOW and text:
                proxy.wait()
            provider.sendall(said)
            answer = _reply(provider)
            if _CUTS.get(fault) == verb:
                _reset(client)
                return
            client.sendall(answer)
            text = verb == b"DATA"


def _until(sender: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data:
        chunk = sender.recv(65536)
        if not chunk:
            raise ConnectionError("The other side is done.")
        data += chunk
    return data


def _at_least(sender: socket.socket, data: bytes, length: int) -> bytes:
    while len(data) < length:
        chunk = sender.recv(65536)
        if not chunk:
            raise ConnectionError("The body ended early.")
        data += chunk
    return data


def _reply(provider: socket.socket) -> bytes:
    """A whole reply of a mail server: its last line has a space after the number (RFC 5321, 4.2.1)."""
    data = b""
    while not re.search(rb"(?m)^\d{3} [^\n]*\n\Z", data):
        chunk = provider.recv(65536)
        if not chunk:
            raise ConnectionError("The provider hung up.")
        data += chunk
    return data


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _one(handler: Handler, proxy: Proxy, client: socket.socket) -> None:
    with client, contextlib.suppress(OSError):
        handler(proxy, proxy.next_fault(), client)


@contextmanager
def _listening(handler: Handler, target: int) -> Iterator[Proxy]:
    server = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(server.getsockname()[1], target)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                threading.Thread(target=_one, args=(handler, proxy, client), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.release()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def http_proxy(target: int) -> contextlib.AbstractContextManager[Proxy]:
    """In front of a web server at this port."""
    return _listening(_http, target)


def smtp_proxy(target: int) -> contextlib.AbstractContextManager[Proxy]:
    """In front of a mail server at this port."""
    return _listening(_smtp, target)
