"""Many browsers follow one incident in which somebody writes once a second: how late does each of them see it?

python -m benchmarks.streams [--listeners 5000] [--people 1000] [--seconds 20] [--smoke]

Listeners are raw sockets of one reader in this process, which shares the cores with the server. It begins when every
one of them was greeted; then every one must get every note exactly once. A lag begins before the note is written, so
the commit to the disk is part of it (without it: the columns *after the commit*); that of a note which did not come
counts as the whole run.
"""

import argparse
import gc
import json
import re
import resource
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.load import quantile
from benchmarks.servers import Server, _environment, prepared_home, tocsin
from benchmarks.tables import table

_NOTE = re.compile(rb"\"body\":\"at (\d+\.\d+)\"")
_HELLO = b"event: hello\n"
_LONGEST = 400
"""Bytes kept of what was read, so that a note which comes in two pieces is seen."""
_GREETED_WITHIN = 120.0


class Listeners:
    """The reading side of all of them."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rests: dict[int, bytes] = {}
        self._greeted: set[int] = set()
        self.lags: list[tuple[bytes, float]] = []
        self.seen: Counter[tuple[int, bytes]] = Counter()

    @property
    def open(self) -> int:
        """How many are connected."""
        return len(self._sockets)

    @property
    def waiting(self) -> int:
        """How many have connected and were not greeted yet."""
        return len(self._sockets) - len(self._greeted)

    def connect(self, port: int, incident: str, session: str) -> None:
        """One more listener."""
        one = socket.create_connection(("127.0.0.1", port))
        asked = f"GET /live?stream=incident:{incident} HTTP/1.1\r\nHost: localhost\r\n"
        one.sendall(f"{asked}Cookie: sessionid={session}\r\n\r\n".encode())
        one.setblocking(False)
        self._sockets[one.fileno()] = one
        self._poll.register(one, select.EPOLLIN)

    def read(self, seconds: float) -> None:
        """Take in what comes for that long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for number, _ in self._poll.poll(min(left, 0.1), 256):
                self._take(number)

    def _take(self, number: int) -> None:
        data = self._sockets[number].recv(262144)
        at = time.monotonic()
        if not data:
            self._poll.unregister(number)
            self._sockets.pop(number).close()
            return
        data = self._rests.get(number, b"") + data
        if number not in self._greeted and _HELLO in data:
            self._greeted.add(number)
        last = 0
        for note in _NOTE.finditer(data):
            self.lags.append((note[1], at - float(note[1])))
            self.seen[number, note[1]] += 1
            last = note.end()
        self._rests[number] = data[max(last, len(data) - _LONGEST) :]


def measure(server: Server, incident: str, sessions: list[str], listeners: int, seconds: float) -> list[str]:
    """One row of the table."""
    before = server.memory_mib()
    crowd = Listeners()
    greeting = _greet(crowd, server, incident, sessions, listeners)
    crowd.read(3)
    memory = (server.memory_mib() - before) * 1024 / listeners
    gc.collect()
    gc.disable()
    cpu = server.cpu_seconds()
    argv = [sys.executable, "-m", "benchmarks.talk", "talk", incident, str(seconds), "1"]
    with subprocess.Popen(argv, env=_environment(server.home), stdout=subprocess.PIPE) as talker:
        began = time.monotonic()
        while talker.poll() is None:
            crowd.read(0.5)
        crowd.read(2)
        took = time.monotonic() - began
        assert talker.stdout is not None
        written = json.loads(talker.stdout.read())["written"]
    notes = len({note for _, note in crowd.seen})
    missing = listeners * int(seconds) - len(crowd.seen)
    doubled = sum(count - 1 for count in crowd.seen.values())
    load = (server.cpu_seconds() - cpu) / took
    lags = [lag for _, lag in crowd.lags] + [took] * missing
    after = [lag - written[note.decode()] for note, lag in crowd.lags] + [took] * missing
    return [
        f"{crowd.open:,} of {listeners:,}",
        f"{len(set(sessions[:listeners])):,}",
        f"{greeting:.0f}",
        f"{notes} of {int(seconds)}",
        *(f"{quantile(lags, share) * 1000:.0f}" for share in (0.5, 0.99)),
        *(f"{quantile(after, share) * 1000:.0f}" for share in (0.5, 0.99)),
        f"{missing}, {doubled}",
        f"{memory:.1f}",
        f"{load:.2f}",
    ]


def _greet(crowd: Listeners, server: Server, incident: str, sessions: list[str], listeners: int) -> float:
    """Connect all, a hundred at a time, and wait until each was greeted: the seconds that took."""
    began = time.monotonic()
    for number in range(listeners):
        crowd.connect(server.port, incident, sessions[number % len(sessions)])
        while crowd.waiting > 100:
            crowd.read(0.01)
    while crowd.waiting and time.monotonic() - began < _GREETED_WITHIN:
        crowd.read(0.1)
    return time.monotonic() - began


def main(argv: list[str] | None = None) -> int:
    """Prepare, listen, talk and print."""
    parser = argparse.ArgumentParser(description="Live streams.")
    parser.add_argument("--listeners", type=int, default=5000)
    parser.add_argument("--people", type=int, default=1000, help="who they are: each opens several")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--smoke", action="store_true", help="fifty listeners for two seconds: does it run at all?")
    args = parser.parse_args(argv)
    listeners, seconds = (50, 2.0) if args.smoke else (args.listeners, args.seconds)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with prepared_home(1) as (home, _):
        made = _prepared(home, min(args.people, listeners))
        with tocsin(home) as server:
            row = measure(server, made["incident"], made["sessions"], listeners, seconds)
    head = ["listeners", "people", "greeted after s", "notes", "p50 ms", "p99 ms"]
    head += ["after the commit p50 ms", "p99 ms", "missing, doubled", "KiB each", "cores used"]
    print(table(head, [row]) + "\n", flush=True)
    return 0


def _prepared(home: Path, people: int) -> dict[str, list[str]]:
    argv = [sys.executable, "-m", "benchmarks.talk", "prepare", str(people)]
    done = subprocess.run(argv, env=_environment(home), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
