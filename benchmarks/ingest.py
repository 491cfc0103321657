"""How many alerts a second are accepted: Tocsin, which answers once they are durable, beside Alertmanager,
which keeps them in memory, and Alerta, which keeps them in PostgreSQL. Rounds of all servers follow each other in turn.

    python -m benchmarks.ingest [--smoke] [--alerta] [--database postgresql] [--single]
"""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import alerta
from benchmarks.alerts import PATH, bodies
from benchmarks.durable import copy_of, durable_postgres
from benchmarks.load import request, run
from benchmarks.servers import PeerMissing, Server, alertmanager, alertmanager_version, prepared_home, tocsin
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


def compare(
    *, size: int, connections: int, rounds: int, seconds: float, postgresql: bool = False, peer: Path | None = None
) -> str:
    """All servers in turn, `rounds` times; the table. `peer`: Alerta's programs, for single alerts."""
    given = list(bodies(_DISTINCT // size, size))
    theirs = [request(PATH, body) for body in given]
    with ExitStack() as stack:
        database = stack.enter_context(durable_postgres()) if postgresql or peer else ""
        servers: dict[str, tuple[Start, list[bytes]]] = {"Alertmanager, in memory": (alertmanager, theirs)}
        if peer:
            programs = peer
            alerts = [request(alerta.PATH, alerta.body(json.loads(body)[0])) for body in given]
            empty = stack.enter_context(copy_of(database))
            servers[f"Alerta, {alerta.WORKERS} workers, PostgreSQL"] = (lambda: alerta.alerta(programs, empty), alerts)
        servers |= _ours(stack, given, "")
        if postgresql:
            servers |= _ours(stack, given, database)
        measured = {name: Measured() for name in servers}
        for _ in range(rounds):
            for name, (start, requests) in servers.items():
                measure(start, requests, size, connections, seconds, measured[name])
    return _show(measured)


def _ours(stack: ExitStack, given: list[bytes], database: str) -> dict[str, tuple[Start, list[bytes]]]:
    """Tocsin's door alone and its whole system, on one prepared home."""
    home, keys = stack.enter_context(prepared_home(1, database=database))
    ours = [request(PATH, body, key=keys[0]) for body in given]
    on = ", PostgreSQL" if database else ""
    return {
        f"Tocsin, door alone, durable{on}": (lambda: tocsin(home, command="ingest", database=database), ours),
        f"Tocsin, whole system folding meanwhile, durable{on}": (lambda: tocsin(home, database=database), ours),
    }


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
    parser.add_argument(
        "--alerta", action="store_true", help="single alerts beside Alerta too; installs it when needed"
    )
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite", help="PostgreSQL beside SQLite"
    )
    parser.add_argument("--single", action="store_true", help="only the single alerts")
    args = parser.parse_args(argv)
    rounds, seconds = (1, 0.5) if args.smoke else (args.rounds, args.seconds)
    peer = _alerta() if args.alerta and not args.smoke else None
    print(f"{alertmanager_version()}; {rounds} rounds of {seconds:g} s\n")
    loads = [("50 alerts to a request", 50, 16), ("single alerts", 1, 128)]
    for title, size, connections in loads[1:] if args.single else loads:
        shown = compare(
            size=size,
            connections=connections,
            rounds=rounds,
            seconds=seconds,
            postgresql=args.database == "postgresql",
            peer=peer if size == 1 else None,
        )
        print(f"{title}, {connections} connections\n\n{shown}\n", flush=True)
    return 0


def _alerta() -> Path | None:
    """Alerta's programs; None, with the reason said, when it cannot be had."""
    try:
        return alerta.installed()
    except PeerMissing as missing:
        print(f"{missing}\n")
        return None


if __name__ == "__main__":
    sys.exit(main())
