"""Many browsers follow one incident in which somebody writes once a second: how late does each of them see it?

python -m benchmarks.streams [--listeners 5000] [--seconds 20] [--smoke]

Listeners are raw sockets of one reader in this process; every one of them must get every note exactly once.
"""

import argparse
import json
import re
import resource
import selectors
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
_PEOPLE = 200


class Listeners:
    """The reading side of all of them."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._rests: dict[int, bytes] = {}
        self.lags: list[float] = []
        self.seen: Counter[tuple[int, bytes]] = Counter()
        self.open = 0

    def connect(self, port: int, incident: str, session: str) -> None:
        """One more listener."""
        one = socket.create_connection(("127.0.0.1", port))
        asked = f"GET /live?stream=incident:{incident} HTTP/1.1\r\nHost: localhost\r\n"
        one.sendall(f"{asked}Cookie: sessionid={session}\r\n\r\n".encode())
        one.setblocking(False)
        self._selector.register(one, selectors.EVENT_READ)
        self.open += 1

    def read(self, seconds: float) -> None:
        """Take in what comes for that long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(min(left, 0.1)):
                self._take(key.fileobj)  # type: ignore[arg-type]

    def _take(self, one: socket.socket) -> None:
        data = one.recv(262144)
        at = time.monotonic()
        number = one.fileno()
        if not data:
            self._selector.unregister(one)
            one.close()
            self.open -= 1
            return
        data = self._rests.pop(number, b"") + data
        last = 0
        for note in _NOTE.finditer(data):
            self.lags.append(at - float(note[1]))
            self.seen[number, note[1]] += 1
            last = note.end()
        self._rests[number] = data[max(last, len(data) - 200) :]


def measure(server: Server, incident: str, sessions: list[str], listeners: int, seconds: float) -> list[str]:
    """One row of the table."""
    before = server.memory_mib()
    crowd = Listeners()
    for number in range(listeners):
        crowd.connect(server.port, incident, sessions[number % len(sessions)])
        if number % 50 == 49:
            crowd.read(0.1)
    crowd.read(3)
    memory = (server.memory_mib() - before) * 1024 / listeners
    cpu = server.cpu_seconds()
    argv = [sys.executable, "-m", "benchmarks.talk", "talk", incident, str(seconds), "1"]
    with subprocess.Popen(argv, env=_environment(server.home)) as talker:
        began = time.monotonic()
        while talker.poll() is None:
            crowd.read(0.5)
        crowd.read(2)
        took = time.monotonic() - began
    notes = len({note for _, note in crowd.seen})
    missing = listeners * notes - len(crowd.seen)
    doubled = sum(count - 1 for count in crowd.seen.values())
    load = (server.cpu_seconds() - cpu) / took
    return [
        f"{crowd.open:,} of {listeners:,}",
        str(notes),
        f"{quantile(crowd.lags, 0.5) * 1000:.0f}",
        f"{quantile(crowd.lags, 0.99) * 1000:.0f}",
        f"{missing}, {doubled}",
        f"{memory:.1f}",
        f"{load:.2f}",
    ]


def main(argv: list[str] | None = None) -> int:
    """Prepare, listen, talk and print."""
    parser = argparse.ArgumentParser(description="Live streams.")
    parser.add_argument("--listeners", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--smoke", action="store_true", help="fifty listeners for two seconds: does it run at all?")
    args = parser.parse_args(argv)
    listeners, seconds = (50, 2.0) if args.smoke else (args.listeners, args.seconds)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with prepared_home(1) as (home, _):
        made = _prepared(home, min(_PEOPLE, listeners))
        with tocsin(home) as server:
            row = measure(server, made["incident"], made["sessions"], listeners, seconds)
    head = ["listeners", "notes", "p50 ms", "p99 ms", "missing, doubled", "KiB each", "cores used"]
    print(table(head, [row]) + "\n", flush=True)
    return 0


def _prepared(home: Path, people: int) -> dict[str, list[str]]:
    argv = [sys.executable, "-m", "benchmarks.talk", "prepare", str(people)]
    done = subprocess.run(argv, env=_environment(home), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
