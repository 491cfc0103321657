"""Lists of tasks for a kind of incident, and when the owner of a task is reminded. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid

MOST = 50
"""Tasks of one list."""
_BEFORE = timedelta(minutes=15)
_LEAST = timedelta(minutes=5)
_PARTS = re.compile(r"(?:^|\s+)\|(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list. `owner`: empty, `person:<id>` or `role:<slug>`; `minutes` from when it is added."""

    title: str
    owner: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A task to be added; `missing` says why it has no owner although the list names one."""

    title: str
    owner: str | None
    due_at: datetime | None
    missing: str = ""


def suits(kind: str, severity: str, *, of_kind: str, of_severity: str) -> bool:
    """Whether a list for `kind` and at least `severity` (empty: every one) suits an incident of those."""
    worse = not severity or Severity(of_severity).rank >= Severity(severity).rank
    return worse and kind in ("", of_kind)


def drafts(
    items: Sequence[Item],
    *,
    now: datetime,
    holders: Mapping[str, str],
    active: Mapping[str, str],
    names: Mapping[str, str],
) -> list[Draft]:
    """The tasks that a list gives now. `holders`: person by role; `active`, `names`: name by person, those who can do
    something and all whose name is known. Whoever left leaves the task without an owner, and it says so.
    """
    found = []
    for item in items:
        kind, _, id_ = item.owner.partition(":")
        person = holders.get(id_, "") if kind == "role" else id_
        missing = ""
        if kind == "role" and not person:
            missing = f"'{item.title}' has no owner yet: nobody is {role_words(id_)}."
        elif kind == "person" and id_ not in active:
            missing = f"'{item.title}' has no owner: {names.get(id_, 'whom the list names')} is not here any more."
        due = now + timedelta(minutes=item.minutes) if item.minutes else None
        found.append(Draft(item.title, person if person in active else None, due, missing))
    return found


def remind_at(due_at: datetime, now: datetime) -> datetime | None:
    """When the owner is reminded before a task is due: 15 min before, or at four fifths of a shorter time.

    None when less than five minutes are left: then the task itself was just given.
    """
    left = due_at - now
    if left < _LEAST:
        return None
    return due_at - min(_BEFORE, left / 5)


def read(text: str) -> list[tuple[str, str, int | None]]:
    """Title, owner as typed and minutes of each line `title | @owner | 15m`; the last two may be left out.

    Raises `Invalid` naming the line.
    """
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        parts = [part.strip() for part in _PARTS.split(line)]
        if len(parts) > 3:
            raise Invalid(f"tasks: line {number} has more than a title, an owner and a time.", field="tasks")
        title, owner, within = (*parts, "", "")[:3]
        if owner and not owner.startswith("@") and not within:
            owner, within = "", owner
        found.append((_title(title, number), owner.removeprefix("@"), _minutes(within, number)))
    if not found:
        raise Invalid("tasks: write at least one task, each on a line of its own.", field="tasks")
    if len(found) > MOST:
        raise Invalid(f"tasks: at most {MOST} tasks in one list; this has {len(found)}.", field="tasks")
    return found


def written(items: Iterable[tuple[str, str, int | None]]) -> str:
    """The lines that `read` reads."""
    lines = []
    for title, owner, minutes in items:
        lines.append(" | ".join([title, *([f"@{owner}"] if owner else []), *([within(minutes)] if minutes else [])]))
    return "\n".join(lines)


def within(minutes: int) -> str:
    """`90` -> `1h 30m`."""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours}h"] if hours else []), *([f"{rest}m"] if rest else [])])


def _title(title: str, number: int) -> str:
    if not title or len(title) > 300:
        raise Invalid(f"tasks: line {number} needs a title of at most 300 characters.", field="tasks")
    return title


def _minutes(text: str, number: int) -> int | None:
    if not text:
        return None
    try:
        minutes = round(parse_duration(text).total_seconds() / 60)
    except Invalid as error:
        raise Invalid(f"tasks: line {number}: '{text}' is no time; write it like 15m or 2h.", field="tasks") from error
    if not 1 <= minutes <= 14 * 24 * 60:
        raise Invalid(f"tasks: line {number}: choose a time between 1 minute and 14 days.", field="tasks")
    return minutes
