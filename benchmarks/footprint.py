"""How long a second start takes until the first answer, and how much memory all of Tocsin holds when idle.

python -m benchmarks.footprint [--smoke]
"""

import argparse
import sys
import time

from benchmarks.servers import prepared_home, tocsin
from benchmarks.tables import spread, table


def main(argv: list[str] | None = None) -> int:
    """Start it several times on a prepared home and print."""
    parser = argparse.ArgumentParser(description="Start-up and memory of the whole system.")
    parser.add_argument("--smoke", action="store_true", help="one start: does it run at all?")
    args = parser.parse_args(argv)
    starts, memory = [], []
    with prepared_home(1) as (home, _):
        for _round in range(1 if args.smoke else 5):
            began = time.monotonic()
            with tocsin(home) as server:
                starts.append(time.monotonic() - began)
                time.sleep(0.5 if args.smoke else 3)
                memory.append(server.memory_mib())
    rows = [[spread(starts, ".2f"), spread(memory)]]
    print(table(["seconds to the first answer", "memory in MiB (PSS)"], rows) + "\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
