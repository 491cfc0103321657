"""How an entry of the log looks in the timeline: machine events whisper, people speak, decisions stand out."""

from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from tocsin.domain.incidents.queries import TimelineEntry
from tocsin.domain.incidents.rules.speaking import may_correct
from tocsin.kernel.clock import now

_HOT = {"incidents.declared", "incidents.detected", "incidents.severity_raised", "incidents.reopened"}
_DECIDED = {"incidents.decided", "incidents.decision_revoked"}
_TOLD = {"incidents.status_update_sent"}
_RUN = {"incidents.mitigated", "incidents.resolved", "incidents.confirmed"}
_LATE = {"incidents.deadline_breached", "oncall.nobody_to_page", "oncall.catch_all"}

_CALLS = {"oncall.paged", "oncall.escalated", "oncall.held", "oncall.asked_again"}
FOLD_FROM = 3


@dataclass(frozen=True, slots=True)
class EntryLook:
    """An entry with its look: `form` is said, decided, told or event; `mark` a class of the timeline."""

    entry: TimelineEntry
    form: str
    mark: str
    late: bool
    me: bool
    correctable: bool = False
    """Its reader wrote it a moment ago and can correct it."""
    day: str = ""
    """Set on the first entry of a day before today."""
    folded: tuple[TimelineEntry, ...] = ()
    """Earlier entries of the same round of calls, to be opened."""


def looks(entries: list[TimelineEntry], person: str) -> list[EntryLook]:
    """Entries as the template draws them, for the person who looks; newest first."""
    drawn = []
    day = timezone.localdate()
    for entry, *rest in _runs(entries):
        look = replace(_look(entry, person), folded=tuple(rest))
        local = timezone.localtime(entry.at)
        if local.date() != day:
            day = local.date()
            look = replace(look, day=f"{local:%A} {local.day} {local:%B}")
        drawn.append(look)
    return drawn


def _runs(entries: list[TimelineEntry]) -> list[list[TimelineEntry]]:
    """Entries one by one, but three or more steps of calling in a row on one day together."""
    runs: list[list[TimelineEntry]] = []
    for (calls, _), group in groupby(entries, lambda e: (e.type in _CALLS, timezone.localtime(e.at).date())):
        run = list(group)
        runs += [run] if calls and len(run) >= FOLD_FROM else [[entry] for entry in run]
    return runs


def _look(entry: TimelineEntry, person: str) -> EntryLook:
    form, mark = "event", ""
    if entry.type == "incidents.noted":
        form = "said"
    elif entry.type in _DECIDED:
        form, mark = "decided", "dec"
    elif entry.type in _TOLD:
        form, mark = "told", "told"
    elif entry.type in _HOT:
        mark = "hot"
    elif entry.type in _RUN:
        mark = "run"
    me = bool(person) and entry.person_id == person
    correctable = me and bool(entry.note) and may_correct(entry.at, now())
    return EntryLook(entry, form, mark, entry.type in _LATE, me, correctable)
