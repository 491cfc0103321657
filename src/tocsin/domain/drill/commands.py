"""Begins a drill, steers it, keeps what it made, ends it. The only writer of this room.

What a drill made is written down before or right after it is made, so that whoever finds a dead one can tidy up.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.drill.events import Began, Ended
from tocsin.domain.drill.models import Drill
from tocsin.domain.drill.permissions import PLAY
from tocsin.domain.drill.rules import ORDERS, SCRIPTS, is_lost
from tocsin.domain.drill.snapshots import DrillView, view_of
from tocsin.domain.drill.tidying import tidy
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound

PLAY_JOB = "drill.play"
DRILL = system("drill")


class Play(msgspec.Struct):
    """Payload of the job that starts the player: the drill to play."""

    drill: str


def begin(actor: Actor, *, scenario: str = "outage", by_itself: bool = False, player: bool = True) -> str:
    """Begin a drill; its id. With `player` an engine starts the program that plays it. Event drill.began.

    Raises `Denied`, `Invalid(scenario)`, `Conflict` while another one is under way.
    """
    actor.require(PLAY)
    if scenario not in SCRIPTS:
        raise Invalid(f"scenario: choose one of {', '.join(SCRIPTS)}.", field="scenario")
    at = now()
    steps: list[dict[str, Any]] = [{"key": step.key} for step in SCRIPTS[scenario]]
    steps[0]["state"] = "now"
    row = Drill(scenario=scenario, by=actor.name[:120], started_at=at, beat_at=at, by_itself=by_itself, steps=steps)
    try:
        with transaction.atomic():
            row.save()
            append(f"practice:{row.id}", Began(scenario=scenario), actor)
            if player:
                enqueue(PLAY_JOB, Play(drill=str(row.id)), key=str(row.id))
    except IntegrityError as error:
        raise Conflict("A drill is under way already; finish or cancel it first.") from error
    return str(row.id)


def order(actor: Actor, *, drill_id: str, order: str) -> None:
    """Tell the player: `go` (do the step that is due), `auto` (do all that follow), `stop` (tidy up now).

    Raises `Denied`, `Invalid(order)`, `Conflict` when it is over.
    """
    actor.require(PLAY)
    if order not in ORDERS:
        raise Invalid(f"order: choose one of {', '.join(sorted(ORDERS))}.", field="order")
    changed: dict[str, Any] = {"order": order}
    if order == "auto":
        changed["by_itself"] = True
    if not Drill.objects.filter(id=drill_id, ended_at=None).update(**changed):
        raise Conflict("This drill is over.")


def beat(actor: Actor, *, drill_id: str) -> str:
    """The player lives; takes and returns the last order ('' for none). Raises `NotFound` when it is over."""
    actor.require(PLAY)
    with transaction.atomic():
        row = _under_way(drill_id)
        said, row.order, row.beat_at = row.order, "", now()
        row.save(update_fields=["order", "beat_at"])
    return said or ("auto" if row.by_itself else "")


def report(actor: Actor, *, drill_id: str, steps: Sequence[dict[str, Any]], incident: str = "") -> None:
    """How far the player has come. Raises `NotFound` when it is over."""
    actor.require(PLAY)
    with transaction.atomic():
        row = _under_way(drill_id)
        row.steps, row.beat_at = list(steps), now()
        row.incident = incident or row.incident
        row.save(update_fields=["steps", "beat_at", "incident"])


def note_made(actor: Actor, *, drill_id: str, **made: Any) -> None:
    """Write down what was made, so that it will be removed."""
    actor.require(PLAY)
    with transaction.atomic():
        row = _under_way(drill_id)
        row.made = {**row.made, **made}
        row.save(update_fields=["made"])


def end(actor: Actor, *, drill_id: str, outcome: str) -> list[str]:
    """Remove all that the drill made and end it; what had to stay, a sentence each. Event drill.ended.

    Safe to repeat: what is gone already is no fault.
    """
    actor.require(PLAY)
    row = Drill.objects.filter(id=drill_id, ended_at=None).first()
    if row is None:
        return []
    left = tidy(view_of(row))
    with transaction.atomic():
        # The mails go too: their links were for the drill.
        kept = {name: what for name, what in row.made.items() if name != "mails"}
        changed = {"ended_at": now(), "outcome": outcome, "order": "", "made": kept}
        if Drill.objects.filter(id=drill_id, ended_at=None).update(**changed):
            said = Ended(scenario=row.scenario, outcome=outcome, incident=row.incident, left=tuple(left))
            append(f"practice:{row.id}", said, actor)
    return left


def end_if_lost(actor: Actor) -> None:
    """Tidy up before the next drill when the player of the last one died without a word."""
    row = Drill.objects.filter(ended_at=None).first()
    if row is not None and is_lost(row.beat_at, now()):
        end(actor, drill_id=str(row.id), outcome="abandoned")


def end_lost(actor: Actor) -> DrillView | None:
    """Tidy up after a drill whose player died without a word; that drill, or None."""
    actor.require(PLAY)
    row = Drill.objects.filter(ended_at=None).first()
    if row is None:
        return None
    end(actor, drill_id=str(row.id), outcome="abandoned")
    return view_of(row)


def _under_way(drill_id: str) -> Drill:
    row = Drill.objects.select_for_update().filter(id=drill_id, ended_at=None).first()
    if row is None:
        raise NotFound("This drill is over.")
    return row
