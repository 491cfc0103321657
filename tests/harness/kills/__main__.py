"""The harness as a program: `--make` fills an empty database, a run kills over it. Prints one line of JSON."""

import argparse
import gc
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from tests.harness import peers  # noqa: E402
from tests.harness.kills import engines, quick, verdict, world, wrong  # noqa: E402
from tests.harness.kills.answering import People  # noqa: E402
from tests.harness.outside import outside  # noqa: E402
from tocsin.core.engine.models import Job  # noqa: E402
from tocsin.core.engine.registry import periodics  # noqa: E402
from tocsin.core.engine.testing import run_engine  # noqa: E402
from tocsin.domain.delivery.models import Delivery  # noqa: E402
from tocsin.domain.delivery.rules import SETTLED  # noqa: E402
from tocsin.kernel.clock import now  # noqa: E402

ALARMS_PER_KILL = 0.2
_KEPT = ("alerts.expire", "alerts.sources", "events.checkpoint", "oncall.expire_pages")
"""The periodic workers that run. Those that find and mend a loss each minute must not: they would mend behind the
proof's back. The others have nothing to do with pages, and at sixty times their pace they would do nothing else."""
_PATIENCE = 900.0


def run(home: Path, *, engine_count: int, kills: int, seed: int, at: str = "", minutes: float = 60.0) -> dict[str, Any]:
    """Kill `kills` times (or for `minutes`) while alarms come in and people answer, then let engines finish."""
    began = time.monotonic()
    chance = random.Random(seed)
    mail_port, web_port = peers.free_port(), peers.free_port()
    settings.MAIL_URL = f"smtp://127.0.0.1:{mail_port}"
    with outside(home / "outside.jsonl", mail_port, web_port) as beyond:
        people = People(world.kept(home, web_port=web_port), beyond, chance)
        people.ring()
        run_engine(periodic=False)  # once in this process: what is loaded and compiled here, every child has at once
        gc.freeze()
        victims, watch = engines.Victims(engine_count, chance, at=at), quick.Watch()
        while victims.killed.total() < kills and time.monotonic() - began < minutes * 60:
            if people.world.rung <= victims.killed.total() * ALARMS_PER_KILL:
                people.ring()
            victims.fill()
            people.look()
            watch.move(victims.pids())
            time.sleep(0.01)
            victims.reap()
            (home / "progress").write_text(f"{victims.killed.total()} of {kills}\n")
        victims.end()
        killing = time.monotonic() - began
        _finish(people, engine_count, watch)
        people.look()
    by = dict(victims.killed)
    seconds = {"killing": round(killing, 1), "finishing": round(time.monotonic() - began - killing, 1)}
    return {**verdict.judge(people), "kills": victims.killed.total(), "by": by, "seconds": seconds}


def _finish(people: People, engine_count: int, watch: quick.Watch) -> None:
    """Nobody is killed any more: everything that is due comes to its end."""
    people.late = False
    pids = [engines.fork_engine(f"finisher-{n}") for n in range(engine_count)]
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and (people.waiting() or _unsettled()):
        people.look()
        time.sleep(0.01)
        watch.move(pids)
    engines.stop(pids)


def _unsettled() -> bool:
    due = Job.objects.filter(dead=False, due_at__lte=now()).exists()
    return due or Delivery.objects.exclude(state__in=list(SETTLED)).exists()


def main() -> None:
    """Make or run."""
    parser = argparse.ArgumentParser(prog="python -m tests.harness.kills")
    parser.add_argument("--make", action="store_true", help="only fill the database, for runs over copies of it")
    parser.add_argument("--over-a-copy", action="store_true", help="the database was filled by --make")
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--kills", type=int, default=75)
    parser.add_argument("--minutes", type=float, default=60.0, help="after these no more is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", choices=engines.POINTS, default="", help="kill at this point alone")
    parser.add_argument("--order", choices=["right", "wrong"], default="right")
    args = parser.parse_args()
    home = Path(os.environ["TOCSIN_HOME"])
    if not args.over_a_copy:
        call_command("migrate", verbosity=0)
        world.make(home)
    if args.make:
        return
    quick.hurry()
    for name in set(periodics) - set(_KEPT):
        periodics.pop(name)
    if args.order == "wrong":
        wrong.plant()
    result = run(home, engine_count=args.engines, kills=args.kills, seed=args.seed, at=args.at, minutes=args.minutes)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
