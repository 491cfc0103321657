"""How many alerts a second are accepted: Tocsin, which answers once they are durable, beside Alertmanager,
which keeps them in memory. Rounds of all servers follow each other in turn.

    python -m benchmarks.ingest [--smoke]
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median

from benchmarks.alerts import PATH, bodies
from benchmarks.load import request, run
from benchmarks.servers import Server, alertmanager, alertmanager_version, prepared_home, tocsin
from benchmarks.tables import spread, table

_DISTINCT = 10_000
_WARM_UP = 0.5


@dataclass
class Measured:
    """What the rounds of one server showed."""

    rate: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    refused: int = 0


Start = Callable[[], AbstractContextManager[Server]]


def measure(start: Start, requests: list[bytes], size: int, connections: int, seconds: float, into: Measured) -> None:
    """One round."""
    with start() as server:
        run(server.port, requests, connections=connections, seconds=min(_WARM_UP, seconds))
        before = server.cpu_seconds()
        result = run(server.port, requests, connections=connections, seconds=seconds)
        used = server.cpu_seconds() - before
    alerts = result.answers * size
    into.rate.append(alerts / result.seconds)
    into.p50.append(result.quantile(0.5))
    into.p99.append(result.quantile(0.99))
    into.cpu.append(used / max(alerts, 1))
    into.refused += result.refused


def compare(*, size: int, connections: int, rounds: int, seconds: float) -> str:
    """All servers in turn, `rounds` times; the table."""
    given = list(bodies(_DISTINCT // size, size))
    with prepared_home(1) as (home, keys):
        ours = [request(PATH, body, key=keys[0]) for body in given]
        theirs = [request(PATH, body) for body in given]
        servers: dict[str, tuple[Start, list[bytes]]] = {
            "Alertmanager, in memory": (alertmanager, theirs),
            "Tocsin, door alone, durable": (lambda: tocsin(home, command="ingest"), ours),
            "Tocsin, whole system folding meanwhile, durable": (lambda: tocsin(home), ours),
        }
        measured = {name: Measured() for name in servers}
        for _ in range(rounds):
            for name, (start, requests) in servers.items():
                measure(start, requests, size, connections, seconds, measured[name])
    return _show(measured)


def _show(measured: dict[str, Measured]) -> str:
    peer = next(iter(measured.values()))
    rows = [
        [
            name,
            spread(one.rate),
            f"{median(one.rate) / median(peer.rate):.2f}",
            spread(one.p50, ".1f", 1e3),
            spread(one.p99, ".1f", 1e3),
            f"{median(one.p99) / median(peer.p99):.2f}",
            spread(one.cpu, ".0f", 1e6),
            str(one.refused),
        ]
        for name, one in measured.items()
    ]
    head = ["server", "alerts/s", "ratio", "p50 ms", "p99 ms", "p99 ratio", "CPU us/alert", "refused"]
    return table(head, rows)


def main(argv: list[str] | None = None) -> int:
    """Measure both loads and print them."""
    parser = argparse.ArgumentParser(description="Alerts accepted a second, beside Alertmanager.")
    parser.add_argument("--smoke", action="store_true", help="one short round: does it run at all?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    args = parser.parse_args(argv)
    rounds, seconds = (1, 0.5) if args.smoke else (args.rounds, args.seconds)
    print(f"{alertmanager_version()}; {rounds} rounds of {seconds:g} s\n")
    for title, size, connections in (("50 alerts to a request", 50, 16), ("single alerts", 1, 128)):
        shown = compare(size=size, connections=connections, rounds=rounds, seconds=seconds)
        print(f"{title}, {connections} connections\n\n{shown}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
