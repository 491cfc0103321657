"""Kills engines with SIGKILL, at random and at named points, and counts what got lost on the way.

An alarm is an event; the reaction to it enqueues a call; the call goes to a sink outside the database (a file that
is only appended to); what came of it is recorded in the log. Afterwards every alarm must have reached the sink at
least once, and be recorded. Engines are forked from a warm parent: a fresh start would cost 0.4 s.

    python -m tests.harness.ground_kills --engines 3 --kills 75        (the database is TOCSIN_DATABASE_URL)
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import msgspec  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from tocsin.core.engine import execute, loop, points, turns  # noqa: E402
from tocsin.core.engine.models import Job  # noqa: E402
from tocsin.core.events.models import Entry  # noqa: E402
from tocsin.core.events.verify import verify_log  # noqa: E402
from tocsin.core.log import Event, Recorded, append, event, reaction  # noqa: E402
from tocsin.core.work import Done, JobView, effect, enqueue  # noqa: E402
from tocsin.kernel.actor import system  # noqa: E402

POINTS = ("taken", "worked", "claimed", "acted", "recorded")
HARNESS = system("harness")
LEASE = timedelta(milliseconds=400)


@event("harness.rang")
class Rang(Event, frozen=True, kw_only=True):
    """An alarm that must be called out."""

    number: int

    def sentence(self) -> str:
        """For the log."""
        return f"alarm {self.number}"


@event("harness.called")
class Called(Event, frozen=True, kw_only=True):
    """The call of an alarm, as recorded."""

    number: int

    def sentence(self) -> str:
        """For the log."""
        return f"called {self.number}"


class Call(msgspec.Struct):
    """Payload of a call."""

    number: int


@reaction(Rang, name="harness.call")
def call_out(recorded: Recorded[Rang]) -> None:
    """Every alarm causes one call."""
    enqueue("harness.call", Call(number=recorded.event.number), key=str(recorded.event.number), lane="sink")


@effect("harness.call", Call, timeout=timedelta(seconds=5))
def call(payload: Call, job: JobView) -> Done:
    """Append one line to the sink: the world outside."""
    with Path(os.environ["HARNESS_SINK"]).open("a", encoding="ascii") as sink:
        sink.write(f"{payload.number}\n")
    return Done(record=lambda: _record(payload.number))


def _record(number: int) -> None:
    append("harness:calls", Called(number=number), HARNESS)


def record_before_send(job: Job, *, interrupted: bool) -> Any:
    """The wrong order, planted to prove that this harness finds it: the job is settled, then the call is made."""
    kind = execute.kinds[job.kind]
    payload = msgspec.json.decode(job.payload, type=kind.payload)
    with transaction.atomic():
        execute._settle(job, Done(record=lambda: _record(payload.number)))
    points.reached("acted")
    points.reached("recorded")
    return kind.run(payload, execute.view(job, interrupted=interrupted))


class Killer:
    """Makes an engine kill itself when it reaches a point for the nth time."""

    def __init__(self, point: str, nth: int) -> None:
        self.point, self.left = point, nth

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def fork_engine(name: str, killer: Killer | None) -> int:
    """Start an engine in a child of this warm process; returns its pid."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        points.listen(killer) if killer else points.listen()
        turns.LEASE = loop.LEASE = LEASE
        process = loop.EngineProcess(name)
        signal.signal(signal.SIGTERM, lambda *_: process.stop())
        process.run()
    finally:
        os._exit(0)


def ring(numbers: range) -> None:
    """Alarms, each in a transaction of its own."""
    for number in numbers:
        with transaction.atomic():
            append(f"harness:{number % 7}", Rang(number=number), HARNESS)
    connections.close_all()


def _plan(chance: random.Random) -> tuple[Killer | None, float]:
    """Half of the kills are at a named point, half at any moment."""
    if chance.random() < 0.5:
        return Killer(chance.choice(POINTS), chance.randint(1, 4)), 0.6
    return None, chance.uniform(0.01, 0.15)


def run(*, engines: int, kills: int, seed: int, per_kill: int = 4) -> dict[str, Any]:
    """Kill `kills` times while alarms come in, then let one set of engines finish; returns what was seen."""
    chance = random.Random(seed)
    alive: dict[int, float] = {}
    killed, rung = Counter[str](), 0
    while killed.total() < kills:
        ring(range(rung, rung + per_kill))
        rung += per_kill
        while len(alive) < engines:
            killer, after = _plan(chance)
            pid = fork_engine(f"victim-{killed.total()}-{len(alive)}", killer)
            alive[pid] = time.monotonic() + after
        _reap(alive, killed)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    finishing = _finish(engines)
    return {**judge(rung), "kills": killed.total(), "by": dict(killed), "finish_seconds": round(finishing, 1)}


def _reap(alive: dict[int, float], killed: "Counter[str]") -> None:
    """Kill what is due; return as soon as at least one has died."""
    while True:
        died = False
        for pid, due in list(alive.items()):
            overdue = time.monotonic() > due
            if overdue:
                os.kill(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, 0 if overdue else os.WNOHANG)
            if done:
                died = True
                del alive[pid]
                killed["at random" if overdue else "at a point"] += os.WIFSIGNALED(status)
        if died:
            return
        time.sleep(0.005)


def _finish(engines: int) -> float:
    began = time.monotonic()
    pids = [fork_engine(f"finisher-{n}", None) for n in range(engines)]
    while time.monotonic() - began < 60 and Job.objects.filter(dead=False).exclude(key=None).exists():
        time.sleep(0.1)
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    return time.monotonic() - began


def judge(rung: int) -> dict[str, Any]:
    """What became of each alarm. `lost`: never reached the sink. `silent`: reached it, never recorded."""
    lines = Path(os.environ["HARNESS_SINK"]).read_text(encoding="ascii").split()
    reached = Counter(map(int, lines))
    rows = Entry.objects.filter(type="harness.called").values_list("data", flat=True)
    recorded = Counter(json.loads(row)["number"] for row in rows)
    return {
        "alarms": rung,
        "lost": sum(1 for n in range(rung) if not reached[n]),
        "silent": sum(1 for n in range(rung) if not recorded[n]),
        "duplicates": sum(reached.values()) - len(reached),
        "recorded_twice": sum(1 for n in recorded.values() if n > 1),
        "dead": Job.objects.filter(dead=True).count(),
        "waiting": Job.objects.filter(dead=False).exclude(key=None).count(),
        "log_faults": [fault.sentence for fault in verify_log().faults],
    }


def main() -> None:
    """Run once and print the result as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--kills", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", choices=["right", "wrong"], default="right")
    args = parser.parse_args()
    if args.order == "wrong":
        loop.run_effect = record_before_send
    call_command("migrate", verbosity=0)
    result = run(engines=args.engines, kills=args.kills, seed=args.seed)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
