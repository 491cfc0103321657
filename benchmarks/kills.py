"""Engines killed with SIGKILL while real pages go out, until it is a large number: what got lost, what came twice.

A quarter of the kills each for one and three engines on SQLite and PostgreSQL; the harness is that of the tests.

    python -m benchmarks.kills [--kills 10000] [--smoke]
"""

import argparse
import os
import sys
import time
from typing import Any

from benchmarks.tables import table
from tests.harness.kills import starting
from tests.harness.postgres import private_postgres

_SHARE = [("SQLite", 1), ("SQLite", 3), ("PostgreSQL", 1), ("PostgreSQL", 3)]
_COLUMNS = ("kills", "alarms", "pages", "messages", "lost", "silent", "after_the_answer", "duplicates")
_NONE = ("unfinished", "mended", "without_work", "unbalanced", "in_flight", "recorded_twice", "dead")


def measure(kills: int, seed: int, minutes: float) -> list[dict[str, Any]]:
    """All four at the same time; what each saw."""
    with private_postgres() as url, starting.folder() as below:
        prepared = {"SQLite": starting.prepare(below), "PostgreSQL": starting.prepare(below, url)}
        runs = []
        for number, (database, engines) in enumerate(_SHARE):
            numbers = {"engines": engines, "kills": kills // 4, "seed": seed + number, "minutes": minutes}
            words = [word for name, value in numbers.items() for word in (f"--{name}", str(value))]
            runs.append(starting.start(prepared[database], *words))
        try:
            return [run.result(6 * 3600) for run in runs]
        finally:
            for run in runs:
                run.stop()


def show(results: list[dict[str, Any]]) -> str:
    """The table, and below it what must be nothing and is not."""
    rows = [
        [f"{database}, {engines} engine{'s' * (engines > 1)}", *(f"{result[name]:,}" for name in _COLUMNS)]
        for (database, engines), result in zip(_SHARE, results, strict=True)
    ]
    rows.append(["together", *(f"{sum(result[name] for result in results):,}" for name in _COLUMNS)])
    places: dict[str, int] = {}
    for result in results:
        for name, count in result["by"].items():
            places[name] = places.get(name, 0) + count
    lines = [table(["", *(name.replace("_", " ") for name in _COLUMNS)], rows), "", f"Killed: {places}"]
    for result in results:
        wrong = {name: result[name] for name in _NONE if result[name]} | {"log": result["log_faults"]}
        if any(wrong.values()) or result["examples"]:
            lines.append(f"Not well: {wrong} {result['examples']}")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Kill, print, and end badly when anything was lost."""
    parser = argparse.ArgumentParser(description="SIGKILL at engines while pages go out.")
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=180.0, help="after these no more is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="a few kills: does it run at all?")
    args = parser.parse_args(argv)
    began = time.monotonic()
    results = measure(12 if args.smoke else args.kills, args.seed, args.minutes)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{show(results)}\n{(time.monotonic() - began) / 60:.0f} min; load average at the end: {load}", flush=True)
    return 1 if any(result["lost"] or result["silent"] or result["after_the_answer"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
