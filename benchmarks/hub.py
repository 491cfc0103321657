"""Two hundred people follow one incident in the hub while several write: does each of them see what the log says?

python -m benchmarks.hub [--people 200] [--writers 4] [--per-second 1] [--seconds 20] [--smoke]

Writers post the hub's own form over HTTP; every stream must bring every note once, in the order of the log. The lag is
counted from the moment that the entry bears, taken just before its commit, to its arrival at each stream.
"""

import argparse
import http.client
import json
import re
import resource
import selectors
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import quantile
from benchmarks.servers import Server, _environment, prepared_home, tocsin
from benchmarks.tables import table

_ENTRY = re.compile(rb"event: entry\ndata: (\{.*?\})\n\n")
_TOKEN = "b" * 32


class Streams:
    """The reading side: one open stream for each person, read by one thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._rests: dict[int, bytes] = {}
        self.lags: list[float] = []
        self.seen: dict[int, list[str]] = {}
        self.lost = 0

    def connect(self, port: int, incident: str, session: str) -> None:
        """One more person."""
        one = socket.create_connection(("127.0.0.1", port))
        asked = f"GET /live?stream=incident:{incident} HTTP/1.1\r\nHost: localhost\r\n"
        one.sendall(f"{asked}Cookie: sessionid={session}\r\n\r\n".encode())
        one.setblocking(False)
        self._selector.register(one, selectors.EVENT_READ)
        self.seen[one.fileno()] = []

    def read(self, seconds: float) -> None:
        """Take in what comes for that long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(min(left, 0.1)):
                self._take(key.fileobj)  # type: ignore[arg-type]

    def _take(self, one: socket.socket) -> None:
        data = one.recv(262144)
        at = time.time()
        number = one.fileno()
        if not data:
            self._selector.unregister(one)
            one.close()
            self.lost += 1
            return
        data = self._rests.pop(number, b"") + data
        last = 0
        for found in _ENTRY.finditer(data):
            last = found.end()
            entry = json.loads(found[1])
            if entry["type"] == "incidents.noted":
                self.lags.append(at - datetime.fromisoformat(entry["at"]).timestamp())
                self.seen[number].append(entry["body"])
        self._rests[number] = data[last:]


class Writer(threading.Thread):
    """One person who posts notes at a steady pace, and keeps how long each post took."""

    def __init__(self, port: int, ref: str, session: str, name: str, seconds: float, pace: float) -> None:
        super().__init__()
        self._port, self._ref, self._name, self._seconds, self._pace = port, ref, name, seconds, pace
        cookies = f"sessionid={session}; csrftoken={_TOKEN}"
        self._headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self.posts: list[float] = []
        self.refused = 0

    def run(self) -> None:
        """Post until the time is over."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        begin = time.monotonic()
        for number in range(int(self._seconds * self._pace)):
            time.sleep(max(0.0, begin + number / self._pace - time.monotonic()))
            text = f"{self._name} says number {number}"
            body = urlencode({"text": text, "as": "note", "csrfmiddlewaretoken": _TOKEN})
            before = time.monotonic()
            line.request("POST", f"/incidents/{self._ref}/write/", body, self._headers)
            answer = line.getresponse()
            answer.read()
            self.posts.append(time.monotonic() - before)
            self.refused += answer.status != 302


def measure(server: Server, made: dict[str, object], args: argparse.Namespace) -> list[str]:
    """One row of the table."""
    sessions, incident, ref = made["sessions"], str(made["incident"]), str(made["reference"])
    assert isinstance(sessions, list)
    crowd = Streams()
    for number in range(args.people):
        crowd.connect(server.port, incident, sessions[number])
        if number % 50 == 49:
            crowd.read(0.1)
    crowd.read(3)
    writers = [
        Writer(server.port, ref, sessions[n], f"Writer {n}", args.seconds, args.per_second) for n in range(args.writers)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        crowd.read(0.5)
    crowd.read(2)
    told = _log(server.home, incident)
    wrong = sum(seen != told for seen in crowd.seen.values())
    posts = [took for writer in writers for took in writer.posts]
    sent = len(posts) - sum(writer.refused for writer in writers)
    return [
        f"{args.people - crowd.lost} of {args.people}",
        f"{args.writers}",
        f"{len(told)} of {sent}",
        f"{quantile(crowd.lags, 0.5) * 1000:.0f}",
        f"{quantile(crowd.lags, 0.99) * 1000:.0f}",
        f"{quantile(posts, 0.5) * 1000:.0f}",
        f"{wrong}",
    ]


def main(argv: list[str] | None = None) -> int:
    """Prepare, listen, write, compare and print; fails when a stream differs from the log."""
    parser = argparse.ArgumentParser(description="The hub with many people.")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--per-second", type=float, default=1.0, help="notes of each writer")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--smoke", action="store_true", help="twenty people for three seconds: does it run at all?")
    args = parser.parse_args(argv)
    if args.smoke:
        args.people, args.writers, args.seconds = 20, 2, 3.0
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with prepared_home(1) as (home, _):
        made = _talk(home, "prepare", str(args.people))
        with tocsin(home) as server:
            row = measure(server, made, args)
    head = ["people", "writers", "notes in the log", "p50 ms", "p99 ms", "post p50 ms", "streams unlike the log"]
    print(table(head, [row]) + "\n", flush=True)
    return int(row[-1] != "0")


def _log(home: Path, incident: str) -> list[str]:
    found = _talk(home, "log", incident)["notes"]
    assert isinstance(found, list)
    return found


def _talk(home: Path, *words: str) -> dict[str, object]:
    argv = [sys.executable, "-m", "benchmarks.talk", *words]
    done = subprocess.run(argv, env=_environment(home), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


if __name__ == "__main__":
    sys.exit(main())
