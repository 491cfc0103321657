"""Who is away: entered by hand, uploaded as a file, or read from a person's own calendar every half hour.

A calendar's titles never get here: only from when until when. One's own, or anybody's for who changes schedules.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q

from tocsin.core.log import append
from tocsin.core.outgoing import check_url
from tocsin.core.work import enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall.absence_events import AbsenceCalendarSet, AbsenceNoted, AbsenceRemoved
from tocsin.domain.oncall.absence_work import FETCH, Fetch
from tocsin.domain.oncall.commands.letters import Words, tell
from tocsin.domain.oncall.commands.schedules import active_person
from tocsin.domain.oncall.models import Absence, AbsenceFeed, Schedule
from tocsin.domain.oncall.permissions import CONFIGURE, VIEW
from tocsin.domain.oncall.rules.absences import Found, absences_in, clean_words
from tocsin.domain.oncall.schedule_snapshots import READER, people_of
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

LONGEST = timedelta(days=400)
BACK, AHEAD = timedelta(days=7), timedelta(days=400)
EVERY, LEAST_OFTEN = timedelta(minutes=30), timedelta(hours=6)
MAX_BYTES = 2 * 1024 * 1024
TELL_AFTER = 4
"""So many failures in a row, some seven hours, before its owner is told."""


def add_absence(actor: Actor, *, start: datetime, end: datetime, person_id: str = "", note: str = "") -> str:
    """Note that a person is away in [start, end); returns the id. Raises `Invalid` naming the field."""
    person = _whose(actor, person_id)
    if end <= start:
        raise Invalid("end: it must be later than the start.", field="end")
    if end <= now():
        raise Invalid("end: this time is over; note what is to come.", field="end")
    if end - start > LONGEST:
        raise Invalid(f"end: at most {LONGEST.days} days at once; who is gone for good is deactivated.", field="end")
    with transaction.atomic():
        made = Absence.objects.create(person_id=person.id, start_at=start, end_at=end, note=note.strip()[:200])
        _note(actor, person, "by hand", 1)
    return str(made.id)


def remove_absence(actor: Actor, *, absence_id: str) -> None:
    """The person is there again. Raises `NotFound`, and `Invalid` for one that a calendar brings: change it there."""
    actor.require(VIEW)
    with transaction.atomic():
        row = Absence.objects.filter(id=id_of(absence_id)).first()
        if row is None:
            raise NotFound("There is no such absence; someone may have removed it.")
        person = _whose(actor, str(row.person_id), active=False)
        if row.feed_id is not None:
            raise Invalid("absence: this one comes from a connected calendar; change it there.", field="absence")
        row.delete()
        _forgot(actor, person, "by hand")


def upload_absences(actor: Actor, *, content: bytes, person_id: str = "", words: str = "") -> int:
    """Take the absences of a calendar file; those of an earlier file go. How many there are.

    `words` as for `connect_calendar`. Raises `Invalid` for what is no calendar file or larger than 2 MB.
    """
    person = _whose(actor, person_id)
    if len(content) > MAX_BYTES:
        raise Invalid(
            f"calendar: it is larger than {MAX_BYTES // 1024**2} MB; export a shorter time.", field="calendar"
        )
    at = now()
    found = absences_in(content, zone_of_person(person), clean_words(words), at - BACK, at + AHEAD)
    with transaction.atomic():
        Absence.objects.filter(person=id_of(person.id), source="file").delete()
        Absence.objects.bulk_create(_row(person.id, one, "file", None) for one in found)
        _note(actor, person, "from a file", len(found))
    return len(found)


def connect_calendar(actor: Actor, *, url: str, person_id: str = "", words: str = "") -> None:
    """Read a person's absences from a calendar address (iCalendar) now and every half hour, instead of the present one.

    `words`: only events whose title holds one of them (comma between) count; empty: every event that is not marked
    as free. Raises `Invalid(url)` for what is no web address.
    """
    person = _whose(actor, person_id)
    url = url.strip()
    if url.lower().startswith("webcal://"):
        url = f"https://{url[9:]}"
    address = check_url(url)
    host = urlsplit(address).hostname or ""
    with transaction.atomic():
        AbsenceFeed.objects.filter(person=id_of(person.id)).delete()
        made = AbsenceFeed.objects.create(
            person_id=person.id, address=address, hint=host[:120], words=clean_words(words), due_at=now()
        )
        enqueue(FETCH, Fetch(feed=str(made.id)), key=f"absence:{made.id}")
        event = AbsenceCalendarSet(person=person.id, person_name=person.name, host=host)
        append(f"person:{person.id}", event, actor)


def disconnect_calendar(actor: Actor, *, person_id: str = "") -> None:
    """Ask the calendar no more; the absences that came from it go. Raises `NotFound`."""
    person = _whose(actor, person_id, active=False)
    with transaction.atomic():
        count, _ = AbsenceFeed.objects.filter(person=id_of(person.id)).delete()
        if not count:
            raise NotFound("There is no connected calendar.")
        _forgot(actor, person, "a connected calendar")


def take_in(feed_id: str, found: Sequence[Found], etag: str, last_modified: str) -> None:
    """Replace what came from a calendar by what it says now."""
    row = AbsenceFeed.objects.filter(id=id_of(feed_id)).first()
    if row is None:
        return
    before = set(Absence.objects.filter(feed=row).values_list("uid", "start_at", "end_at"))
    if before != {(one.uid, one.start, one.end) for one in found}:
        Absence.objects.filter(feed=row).delete()
        Absence.objects.bulk_create(_row(str(row.person_id), one, "feed", row) for one in found)
        _touch(str(row.person_id))
    _fetched(row, etag=etag[:300], last_modified=last_modified[:80])


def unchanged(feed_id: str) -> None:
    """The calendar says that nothing has changed since."""
    row = AbsenceFeed.objects.filter(id=id_of(feed_id)).first()
    if row is not None:
        _fetched(row, etag=row.etag, last_modified=row.last_modified)


def failed(feed_id: str, problem: str) -> None:
    """Nobody answered, or not with a calendar: what was read last stays, with its age, and it is tried less often."""
    row = AbsenceFeed.objects.filter(id=id_of(feed_id)).first()
    if row is not None:
        row.tried_at, row.problem, row.failures = now(), problem[:300], row.failures + 1
        row.due_at = now() + min(EVERY * 2 ** min(row.failures, 4), LEAST_OFTEN)
        row.save()
        if row.failures == TELL_AFTER:
            _tell_unread(row)


def _tell_unread(row: AbsenceFeed) -> None:
    """Its owner hears once that absences are missing: nobody looks at a page that was right for months."""
    problem, since = row.problem.rstrip("."), row.fetched_at

    def words(zone: str) -> Words:
        read = f" It was read last on {since.astimezone(zone_of(zone)):%a %-d %b %H:%M} ({zone})." if since else ""
        text = (
            f"{problem}.{read} What it said then stays; absences that you have entered since are not known, "
            "and you may be paged while you are away."
        )
        return Words("Your calendar of absences cannot be read", text, "/on-call/away/", "Look at it")

    person = str(row.person_id)
    subject = Subject("person", person, "Your absences", "Your absences", "/on-call/away/")
    with transaction.atomic():
        tell(subject, [person], f"absences:{row.id}:{int(row.tried_at.timestamp()) if row.tried_at else 0}", words)


def enqueue_due() -> int:
    """Put the reading of every calendar whose time has come into the outbox; how many."""
    at = now()
    rows = list(AbsenceFeed.objects.filter(due_at__lte=at, person__is_active=True).order_by("due_at")[:200])
    for row in rows:
        with transaction.atomic():
            AbsenceFeed.objects.filter(id=row.id).update(due_at=at + EVERY)
            enqueue(FETCH, Fetch(feed=str(row.id)), key=f"absence:{row.id}")
    return len(rows)


def forget_old() -> int:
    """Absences that are over for two months are nobody's business any more; how many went."""
    count, _ = Absence.objects.filter(Q(feed=None), end_at__lt=now() - timedelta(days=62)).delete()
    return count


def zone_of_person(person: accounts.PersonView) -> str:
    """Their own zone, else the organisation's."""
    return person.time_zone or accounts.organisation().time_zone


def _fetched(row: AbsenceFeed, *, etag: str, last_modified: str) -> None:
    row.tried_at = row.fetched_at = now()
    row.due_at = now() + EVERY
    row.etag, row.last_modified, row.failures, row.problem = etag, last_modified, 0, ""
    row.save()


def _whose(actor: Actor, person_id: str, *, active: bool = True) -> accounts.PersonView:
    actor.require(VIEW)
    wanted = person_id or actor.person
    if wanted != actor.person:
        actor.require(CONFIGURE)
    if active:
        return active_person(wanted, "person")
    return accounts.person(READER, wanted)


def _row(person: str, one: Found, source: str, feed: AbsenceFeed | None) -> Absence:
    return Absence(person_id=id_of(person), feed=feed, source=source, uid=one.uid, start_at=one.start, end_at=one.end)


def _note(actor: Actor, person: accounts.PersonView, how: str, count: int) -> None:
    _touch(person.id)
    event = AbsenceNoted(person=person.id, person_name=person.name, how=how, count=count)
    append(f"person:{person.id}", event, actor)


def _forgot(actor: Actor, person: accounts.PersonView, how: str) -> None:
    _touch(person.id)
    append(f"person:{person.id}", AbsenceRemoved(person=person.id, person_name=person.name, how=how), actor)


def _touch(person: str) -> None:
    """Calendars of schedules in which someone stands in for this person change."""
    rows: Iterable[Schedule] = Schedule.objects.filter(next_takes_over=True).prefetch_related("layers", "overrides")
    ids = [row.id for row in rows if person in people_of(row)]
    Schedule.objects.filter(id__in=ids).update(changed_at=now())
