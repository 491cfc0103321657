"""How long screens take with 100,000 alerts, 10,000 incidents and 200,000 entries of the log in store, on PostgreSQL.

python -m benchmarks.screens [--rounds 20] [--smoke]

Server time without network: middleware, queries, template. The database is a private one with its default durability.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from benchmarks.load import quantile
from benchmarks.tables import table
from tests.harness.postgres import private_postgres


def main(argv: list[str] | None = None) -> int:
    """Fill and ask in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description="Screens over a full house.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--smoke", action="store_true", help="a small house, asked twice: does it run at all?")
    args = parser.parse_args(argv)
    size = ("500", "50", "2") if args.smoke else ("100000", "10000", str(args.rounds))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    with private_postgres(shared_buffers="512MB") as url, tempfile.TemporaryDirectory() as home:
        environment = {**kept, "DJANGO_SETTINGS_MODULE": "tocsin.project.settings", "TOCSIN_HOME": home}
        environment |= {"TOCSIN_DATABASE_URL": url, "TOCSIN_URL": "http://localhost"}
        argv = [sys.executable, "-m", "benchmarks.full_house", *size]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        return 1
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rows = [
        [
            one["path"],
            str(one["status"]),
            str(one["queries"]),
            *(f"{quantile(one['seconds'], q) * 1000:.0f}" for q in (0.5, 0.95)),
        ]
        for one in found
    ]
    print(table(["screen", "status", "queries", "p50 ms", "p95 ms"], rows) + "\n", flush=True)
    return 0


def _ms(seconds: list[float], share: float) -> str:
    return f"{quantile(seconds, share) * 1000:.0f}"


if __name__ == "__main__":
    sys.exit(main())
