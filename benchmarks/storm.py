"""A storm: distinct Critical alerts at a rate, on all of Tocsin. How far folding lags, how many pages go out.

The lag is the age of the oldest alert accepted and not yet folded into its group, looked at every 25 ms in each
shard: what the unluckiest alert of that moment had waited, so its quantiles are no better than those of all alerts.

    python -m benchmarks.storm [--smoke]
"""

import argparse
import json
import sqlite3
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.alerts import PATH, bodies
from benchmarks.load import quantile, request, run
from benchmarks.servers import prepared_home, tocsin
from benchmarks.sink import sink
from benchmarks.tables import table

_LOOK_EVERY = 0.025
_OLDEST = "SELECT received_at FROM alerts_inboxitem WHERE shard = ? ORDER BY id LIMIT 1"
_SHARDS = 8
_WAITING = "SELECT count(*) FROM alerts_inboxitem"
_DRAINED_WITHIN = 120.0
_SERVICES = 5


@dataclass
class Watch:
    """Looks into the inbox from outside, reading only."""

    database: Path
    ages: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look until told to stop."""
        reader = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        while not self._stop.wait(_LOOK_EVERY):
            oldest = [row[0] for shard in range(_SHARDS) for row in reader.execute(_OLDEST, (shard,))]
            at = datetime.now(UTC)
            self.ages.append(max((_age(one, at) for one in oldest), default=0.0))
        reader.close()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()


def _age(received_at: str, at: datetime) -> float:
    return (at - datetime.fromisoformat(received_at).replace(tzinfo=UTC)).total_seconds()


def storm(per_minute: int, size: int, seconds: float) -> list[str]:
    """One storm in requests of `size` alerts; its row of the table."""
    with sink() as pages, prepared_home(_SERVICES, pages.url) as (home, keys), tocsin(home) as server:
        time.sleep(1)
        wanted = int(per_minute / 60 * seconds / size) + 1
        given = [
            request(PATH, body, key=keys[number % len(keys)])
            for number, body in enumerate(bodies(wanted, size, severity="critical"))
        ]
        watch = Watch(server.home / "tocsin.sqlite3")
        watching = threading.Thread(target=watch.run)
        watching.start()
        before = server.cpu_seconds()
        result = run(server.port, given, connections=32, seconds=seconds, per_second=per_minute / 60 / size)
        drained = _until_empty(watch.database)
        used = server.cpu_seconds() - before
        watch.stop()
        watching.join()
        time.sleep(2)
        told = Counter(json.loads(body)["data"]["reference"] for _, body in pages.all())
    accepted = result.answers * size
    return [
        f"{per_minute:,}",
        f"{accepted:,} of {int(per_minute / 60 * seconds):,}",
        *(f"{quantile(watch.ages, share) * 1e3:,.0f}" for share in (0.5, 0.99, 1)),
        f"{drained:.1f}",
        f"{result.quantile(0.5) * 1e3:.1f}",
        f"{result.quantile(0.99) * 1e3:.1f}",
        f"{told.total()} for {len(told)}",
        f"{used / max(accepted, 1) * 1e3:.2f}",
    ]


def _until_empty(database: Path) -> float:
    """Seconds until the inbox was empty."""
    began = time.monotonic()
    reader = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    while reader.execute(_WAITING).fetchone()[0]:
        if time.monotonic() > began + _DRAINED_WITHIN:
            raise TimeoutError("The inbox did not become empty.")
        time.sleep(0.05)
    reader.close()
    return time.monotonic() - began


def main(argv: list[str] | None = None) -> int:
    """Measure both storms and print them."""
    parser = argparse.ArgumentParser(description="Storms of alerts: the lag of folding, the number of pages.")
    parser.add_argument("--smoke", action="store_true", help="two seconds of the smaller storm: does it run at all?")
    parser.add_argument("--seconds", type=float, default=20.0)
    args = parser.parse_args(argv)
    storms = [(10_000, 1, 2.0)] if args.smoke else [(10_000, 1, args.seconds), (100_000, 10, args.seconds)]
    head = ["alerts/min", "accepted of due", "lag p50 ms", "lag p99 ms", "lag max ms", "empty after s"]
    head += ["answer p50 ms", "answer p99 ms", "pages for incidents", "CPU ms/alert"]
    print(table(head, [storm(*one) for one in storms]) + "\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
