"""Tells people of their shifts: some time before, when they begin, and once when coming ones changed.

Also keeps what who goes off leaves for who comes on. Never pages; a notice that is late by more than an hour is
left out, for it says nothing any more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.commands.letters import Words, span, subject_of, tell
from tocsin.domain.oncall.commands.schedules import active_person, locked_schedule
from tocsin.domain.oncall.handover_events import HandoverNoted
from tocsin.domain.oncall.models import HandoverNote, Schedule, ShiftsTold
from tocsin.domain.oncall.permissions import OVERRIDE
from tocsin.domain.oncall.rules.changes import Duty, Known, differing, duties_of, runs, starting
from tocsin.domain.oncall.rules.schedule import Schedule as Snapshot
from tocsin.domain.oncall.rules.schedule import Shift, shifts
from tocsin.domain.oncall.schedule_snapshots import schedule_snapshots
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

TEXT_LENGTH = 2000
LATE = timedelta(hours=1)
LOOKED = timedelta(days=28)
SETTLED = timedelta(minutes=10)
"""How long after the first change someone is told: what is changed in one sitting makes one message."""
BEFORE = timedelta(days=8)
MOST_LINES = 12
SEVERAL = 3
"""So many shifts at the same hours are told in one line."""


def leave_note(actor: Actor, *, schedule_id: str, text: str) -> str:
    """Leave a word for who comes on next; it goes with the notice of their shift. Returns its id.

    Raises `Invalid` for no text or more than 2,000 characters, `NotFound`.
    """
    actor.require(OVERRIDE)
    text = text.strip()
    if not 1 <= len(text) <= TEXT_LENGTH:
        raise Invalid(f"text: write 1 to {TEXT_LENGTH} characters.", field="text")
    with transaction.atomic():
        row = locked_schedule(schedule_id)
        author = active_person(actor.person, "person")
        made = HandoverNote.objects.create(schedule=row, author_id=author.id, text=text)
        event = HandoverNoted(note=str(made.id), person=author.id, person_name=author.name, text=text)
        append(f"schedule:{row.id}", event, actor)
    return str(made.id)


def tell_starting() -> int:
    """Tell those whose shift begins now or in a while, by each schedule's own leads; how many notices are due."""
    at = now()
    rows = [row for row in _rows() if row.notices]
    found = schedule_snapshots(rows, at - BEFORE)
    count = 0
    for row, snapshot in zip(rows, found.schedules, strict=True):
        leads = [timedelta(minutes=lead) for lead in row.notices]
        plan = shifts(snapshot, at - LATE - timedelta(minutes=1), at + max(leads) + timedelta(seconds=1))
        for lead in leads:
            for run in starting(plan, lead, at, LATE):
                count += 1
                _tell_starting(row, snapshot, run, lead, found.names)
    return count


def tell_changes() -> int:
    """Tell everybody whose coming shifts have been different for ten minutes, in one message; how many were told."""
    at = now().replace(second=0, microsecond=0)
    until = at + LOOKED
    rows = list(_rows())
    coming: dict[str, list[Duty]] = {}
    for snapshot in schedule_snapshots(rows, at).schedules:
        for person, duties in duties_of(snapshot.id, shifts(snapshot, at, until), at, until).items():
            coming.setdefault(person, []).extend(duties)
    told = {str(row.person_id): row for row in ShiftsTold.objects.all()}
    first = not told
    active = {one.id for one in accounts.known(coming.keys() | told.keys()) if one.active}
    names = {str(row.id): row for row in rows}
    count = 0
    for person in sorted(active):
        present = Known(tuple(coming.get(person, [])), until)
        count += _compare(person, told.get(person), present, at, names, silent=first)
    return count


def _compare(
    person: str, row: ShiftsTold | None, present: Known, at: datetime, schedules: dict[str, Schedule], *, silent: bool
) -> bool:
    if row is None:
        row = ShiftsTold(person_id=id_of(person), until=present.until, shifts=_written(present) if silent else [])
    known = _read(row)
    new, gone = differing(known, present, at)
    if new or gone:
        row.changed_since = row.changed_since or at
        if at - row.changed_since < SETTLED:
            row.save()
            return False
    with transaction.atomic():
        if new or gone:
            _tell_changes(person, new, gone, schedules, at)
        row.shifts, row.until, row.changed_since = _written(present), present.until, None
        row.save()
    return bool(new or gone)


def _tell_changes(
    person: str, new: Sequence[Duty], gone: Sequence[Duty], schedules: dict[str, Schedule], at: datetime
) -> None:
    def words(zone: str) -> Words:
        lines = [f"New: {line}" for line in _lines(new, schedules, zone)]
        lines += [f"No longer: {line}" for line in _lines(gone, schedules, zone)]
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], f"And {len(lines) - MOST_LINES + 1} more."]
        return Words("Your shifts on call changed", "\n".join(lines), "/on-call/calendar/", "See my shifts")

    subject = Subject("person", person, "Your shifts", "Your shifts", "/on-call/calendar/")
    tell(subject, [person], f"shifts:{at:%Y%m%dT%H%M}", words)


def _lines(duties: Sequence[Duty], schedules: dict[str, Schedule], zone: str) -> list[str]:
    """A line each; shifts of a schedule at the same hours of several days are one."""
    alike: dict[object, list[Duty]] = {}
    for duty in duties:
        key: object = duty
        if duty.start and duty.end and duty.end - duty.start < timedelta(days=1):
            key = (duty.schedule, *(at.astimezone(zone_of(zone)).time() for at in (duty.start, duty.end)))
        alike.setdefault(key, []).append(duty)
    lines = []
    for group in alike.values():
        if len(group) < SEVERAL:
            lines += [_line(duty, schedules, zone) for duty in group]
        else:
            lines.append(_daily(group, schedules, zone))
    return lines


def _daily(group: Sequence[Duty], schedules: dict[str, Schedule], zone: str) -> str:
    first, last = group[0], group[-1]
    start, end, until = ((at or now()).astimezone(zone_of(zone)) for at in (first.start, first.end, last.start))
    days = f"{len(group)} days from {start:%a %-d %b} to {until:%a %-d %b}"
    return f"{start:%H:%M} to {end:%H:%M} on {days} ({zone}), {_name(first, schedules)}"


def _name(duty: Duty, schedules: dict[str, Schedule]) -> str:
    return schedules[duty.schedule].name if duty.schedule in schedules else "a schedule that is gone"


def _line(duty: Duty, schedules: dict[str, Schedule], zone: str) -> str:
    name = _name(duty, schedules)
    if duty.start and duty.end:
        return f"{span(duty.start, duty.end, zone)}, {name}"
    if duty.start:
        return f"from {_moment(duty.start, zone)} on, {name}"
    return f"until {_moment(duty.end, zone)}, {name}" if duty.end else f"from now on, {name}"


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(zone_of(zone)):%a %-d %b %H:%M} ({zone})"


def _tell_starting(row: Schedule, snapshot: Snapshot, run: Shift, lead: timedelta, names: dict[str, str]) -> None:
    around = runs(shifts(snapshot, run.start - BEFORE, run.start + LOOKED))
    whole = next(one for one in around if one.start == run.start)
    before = next((one for one in reversed(around) if one.end == run.start), None)
    after = next((one for one in around if one.start == whole.end), None)
    notes = _notes(row, before.start if before else run.start - BEFORE)

    def words(zone: str) -> Words:
        title = (
            f"You are on call now: {row.name}" if not lead else f"On call from {_moment(run.start, zone)}: {row.name}"
        )
        lines = [f"Your shift: {span(whole.start, whole.end, zone)}."]
        if before:
            lines.append(f"Before you: {names.get(before.person or '', 'nobody')}.")
        if after:
            lines.append(f"After you: {names.get(after.person or '', 'nobody')}.")
        lines += [f"{note.author}: {note.text}" for note in notes]
        return Words(title, "\n".join(lines), f"/on-call/schedules/{row.id}/", "Open the schedule")

    key = f"shift:{row.id}:{int(run.start.timestamp())}:{int(lead.total_seconds()) // 60}"
    with transaction.atomic():
        tell(subject_of(row), [run.person or ""], key, words)


def _notes(row: Schedule, since: datetime) -> list[HandoverNote]:
    found = HandoverNote.objects.filter(schedule=row, written_at__gte=since).select_related("author")
    return list(found.order_by("written_at")[:5])


def _rows() -> Sequence[Schedule]:
    return list(Schedule.objects.prefetch_related("layers", "overrides").order_by("name"))


def _written(known: Known) -> list[list[str]]:
    return [
        [d.schedule, d.start.isoformat() if d.start else "", d.end.isoformat() if d.end else ""] for d in known.duties
    ]


def _read(row: ShiftsTold) -> Known:
    def at(text: str) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return Known(tuple(Duty(schedule, at(start), at(end)) for schedule, start, end in row.shifts), row.until)
