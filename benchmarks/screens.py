"""How long screens take with 100,000 alerts, 10,000 incidents and 200,000 entries of the log in store, on PostgreSQL.

python -m benchmarks.screens [--rounds 30] [--smoke]

Server time without network: middleware, queries, template; in a process of its own that searches for garbage as
seldom as the server does, after two visits that warm each screen. The database is private, of default durability.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks.load import quantile
from benchmarks.tables import table
from tests.harness.postgres import private_postgres


def main(argv: list[str] | None = None) -> int:
    """Fill and ask in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description="Screens over a full house.")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--smoke", action="store_true", help="a small house, asked twice: does it run at all?")
    args = parser.parse_args(argv)
    size, rounds = (("500", "50"), "2") if args.smoke else (("100000", "10000"), str(args.rounds))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    with private_postgres(shared_buffers="512MB") as url, tempfile.TemporaryDirectory() as home:
        environment = {**kept, "DJANGO_SETTINGS_MODULE": "tocsin.project.settings", "TOCSIN_HOME": home}
        environment |= {"TOCSIN_DATABASE_URL": url, "TOCSIN_URL": "http://localhost"}
        for words in (["fill", *size], ["ask", rounds]):
            argv = [sys.executable, "-m", "benchmarks.full_house", *words]
            done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stderr[-4000:])
                return 1
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    head = ["screen", "status", "queries", "p50 ms", "p95 ms", "max ms", "first visit ms", "CPU p50 ms"]
    print(table(head, list(map(_row, found))) + "\n", flush=True)
    return 0


def _row(one: dict[str, Any]) -> list[str]:
    quantiles = [quantile(one["seconds"], share) for share in (0.5, 0.95, 1.0)]
    times = [*quantiles, one["first"], quantile(one["cpu"], 0.5)]
    return [one["path"], str(one["status"]), str(one["queries"]), *(f"{each * 1000:.0f}" for each in times)]


if __name__ == "__main__":
    sys.exit(main())
