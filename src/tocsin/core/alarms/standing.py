"""Raise an alarm about Tocsin itself, clear it, list those that stand. Telling people is the worker's."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.alarms.models import Alarm
from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm that stands. `problem` says why nobody could be told outside."""

    name: str
    sentence: str
    since: datetime
    told_at: datetime | None
    problem: str


def look(name: str, sentence: str) -> None:
    """The one way in for a check: a sentence says what is wrong, an empty one that all is well. Repeat as often as
    you like: people are told when it begins, every six hours while it lasts, and when it is over.
    """
    if sentence:
        _raise(name, sentence)
    else:
        Alarm.objects.filter(name=name, cleared_at=None).update(cleared_at=now())


def standing() -> list[AlarmView]:
    """Alarms that stand, oldest first. One query."""
    rows = Alarm.objects.filter(cleared_at=None).order_by("since")
    return [AlarmView(a.name, a.sentence, a.since, a.told_at, a.problem) for a in rows]


def _raise(name: str, sentence: str) -> None:
    alarm, made = Alarm.objects.get_or_create(name=name, defaults={"sentence": sentence, "since": now()})
    if made or (alarm.cleared_at is None and alarm.sentence == sentence):
        return
    fresh = {"since": now(), "told_at": None, "cleared_at": None} if alarm.cleared_at else {}
    Alarm.objects.filter(name=name).update(sentence=sentence, **fresh)
