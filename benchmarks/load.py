"""Sends ready-made HTTP requests over kept-alive connections and measures each answer.

Hides the sockets. One thread and one epoll: at these rates asyncio's own work would be measured with the server.
"""

import gc
import itertools
import re
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_GRACE = 10.0


@dataclass(slots=True)
class Result:
    """What came of one run: answers in time, seconds of each, answers that were no 2xx, and the run's length."""

    answers: int = 0
    refused: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Latency in seconds below which this share of the answers came."""
        return quantile(self.latencies, share)


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile; 0 for nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def request(path: str, body: bytes, *, key: str = "") -> bytes:
    """A POST of JSON as bytes."""
    bearer = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, per_second: float | None = None
) -> Result:
    """Send the requests in turn for `seconds`: as fast as answers come, or at a rate whoever is slow.

    At a rate, a latency counts from the moment the request was due: a server that stalls cannot hide it.
    """
    sender = _Sender(port, connections)
    collecting = gc.isenabled()
    gc.disable()
    try:
        return sender.send(itertools.cycle(requests), seconds, per_second)
    finally:
        sender.close()
        if collecting:
            gc.enable()


class _Sender:
    def __init__(self, port: int, connections: int) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._idle: deque[int] = deque()
        self._began: dict[int, float] = {}
        self._parts: dict[int, bytes] = {}
        for _ in range(connections):
            one = socket.create_connection(("127.0.0.1", port))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets[one.fileno()] = one
            self._idle.append(one.fileno())
            self._poll.register(one.fileno(), select.EPOLLIN)

    def close(self) -> None:
        for one in self._sockets.values():
            one.close()
        self._poll.close()

    def send(self, requests: "itertools.cycle[bytes]", seconds: float, per_second: float | None) -> Result:
        result = Result()
        start = now = time.perf_counter()
        step = 1 / per_second if per_second else 0.0
        due = start
        while now < start + seconds:
            while self._idle and (not step or due <= now):
                number = self._idle.popleft()
                self._began[number] = due if step else time.perf_counter()
                self._sockets[number].sendall(next(requests))
                due += step
            wait = min(0.1, max(0.0, due - now)) if step and self._idle else 0.1
            self._collect(result, wait)
            now = time.perf_counter()
        result.seconds = now - start
        if step:
            while self._began and time.perf_counter() < now + _GRACE:
                self._collect(result, 0.1)
        return result

    def _collect(self, result: Result, wait: float) -> None:
        for number, _ in self._poll.poll(wait):
            data = self._parts.pop(number, b"") + self._sockets[number].recv(65536)
            if not data:
                raise ConnectionError("The server hung up.")
            end = data.find(b"\r\n\r\n")
            length = _LENGTH.search(data, 0, end + 2) if end >= 0 else None
            if end < 0 or (length and len(data) < end + 4 + int(length[1])):
                self._parts[number] = data
                continue
            result.latencies.append(time.perf_counter() - self._began.pop(number))
            if data[9:10] == b"2":
                result.answers += 1
            else:
                result.refused += 1
            self._idle.append(number)
