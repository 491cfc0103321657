"""Starts the program that plays a drill, and tidies up when it died."""

import subprocess
import sys
from datetime import timedelta

from tocsin.core.work import Done, JobView, effect, periodic
from tocsin.domain.drill.commands import DRILL, PLAY_JOB, Play, end
from tocsin.domain.drill.queries import one, under_way
from tocsin.domain.drill.rules import LONGEST, is_lost
from tocsin.kernel.clock import now

_players: list[subprocess.Popen[bytes]] = []


@effect(PLAY_JOB, Play)
def play(payload: Play, job: JobView) -> Done:
    """Start the player beside this engine, so that shop and mailbox are where checks and mails come from."""
    found = one(DRILL, payload.drill)
    if found is not None and found.running and not found.made:
        argv = [sys.executable, "-m", "tocsin", "drill", "play", payload.drill]
        _players[:] = [player for player in _players if player.poll() is None]
        _players.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL))
    return Done()


@periodic("drill.tidy", every=timedelta(seconds=20))
def tidy_lost() -> int:
    """End a drill whose player is silent, or that nobody carried on for an hour; how many."""
    found = under_way(DRILL)
    if found is None or not (is_lost(found.beat_at, now()) or now() - found.started_at > LONGEST):
        return 0
    end(DRILL, drill_id=found.id, outcome="abandoned")
    return 1
