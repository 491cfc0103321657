"""How long from a Critical alert to its first page at a webhook, on a quiet system, beside Alertmanager.

Tocsin's page is durable at every step: inbox, alert, incident, escalation, delivery ledger. Alertmanager keeps
nothing and is told not to wait for a group. The two take turns, alert by alert.

    python -m benchmarks.paging [--smoke] [--database postgresql]
"""

import argparse
import sys
import time
from contextlib import ExitStack

from benchmarks.alerts import PATH, bodies
from benchmarks.durable import durable_postgres
from benchmarks.load import quantile, request, run
from benchmarks.servers import alertmanager, alertmanager_version, prepared_home, tocsin
from benchmarks.sink import Sink, sink
from benchmarks.tables import table

_PATIENCE = 10.0
_WARM_UP = 3


def once(port: int, body: bytes, into: Sink) -> float:
    """Send one alert; seconds until the sink had the page. Raises `queue.Empty` when none comes."""
    into.all()
    began = time.perf_counter()
    run(port, [body], connections=1, seconds=0.0001, per_second=1)
    return into.came.get(timeout=_PATIENCE)[0] - began


def compare(trials: int, pause: float, *, postgresql: bool = False) -> str:
    """Each trial is a new incident on a service of its own; the table."""
    seconds: dict[str, list[float]] = {}
    with ExitStack() as stack:
        ways = {
            "Alertmanager, group_wait 0, in memory": _peer(stack, trials),
            "Tocsin, durable": _ours(stack, trials, ""),
        }
        if postgresql:
            ways["Tocsin, durable, PostgreSQL"] = _ours(stack, trials, stack.enter_context(durable_postgres()))
        time.sleep(2)
        for number in range(trials + _WARM_UP):
            body = next(bodies(1, 1, severity="critical", run=f"Trial{number}x"))
            for name, (port, keys, into) in ways.items():
                took = once(port, request(PATH, body, key=keys[number]), into)
                seconds.setdefault(name, []).append(took)
                time.sleep(pause)
    return _show({name: values[_WARM_UP:] for name, values in seconds.items()})


def _peer(stack: ExitStack, trials: int) -> tuple[int, list[str], Sink]:
    """Alertmanager's port, no keys, and where its pages go."""
    into = stack.enter_context(sink())
    return stack.enter_context(alertmanager(into.url)).port, [""] * (trials + _WARM_UP), into


def _ours(stack: ExitStack, trials: int, database: str) -> tuple[int, list[str], Sink]:
    """Tocsin's port, a key for each trial, and where its pages go."""
    into = stack.enter_context(sink())
    home, keys = stack.enter_context(prepared_home(trials + _WARM_UP, into.url, database))
    return stack.enter_context(tocsin(home, database=database)).port, keys, into


def _show(seconds: dict[str, list[float]]) -> str:
    rows = []
    for name, values in seconds.items():
        shown = (quantile(values, 0.5), quantile(values, 0.99), min(values), max(values))
        rows.append([name, str(len(values)), *(f"{one * 1e3:.1f}" for one in shown)])
    return table(["alert to page", "alerts", "p50 ms", "p99 ms", "min ms", "max ms"], rows)


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="From an alert to its first page, beside Alertmanager.")
    parser.add_argument("--smoke", action="store_true", help="three alerts: does it run at all?")
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument(
        "--database", choices=["sqlite", "postgresql"], default="sqlite", help="PostgreSQL beside SQLite"
    )
    args = parser.parse_args(argv)
    shown = compare(3 if args.smoke else args.trials, 0.2, postgresql=args.database == "postgresql")
    print(f"{alertmanager_version()}\n\n{shown}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
