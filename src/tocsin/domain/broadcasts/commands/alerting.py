"""The only writers of staff alerts: make, send in batches, ask again, take answers, close.

Whom a wave has not reached yet stands in the rows, so a killed engine goes on where it stopped and asks nobody twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from tocsin.core.log import Event, append
from tocsin.core.visibility import visible
from tocsin.core.work import cancel, enqueue
from tocsin.domain.accounts.queries import organisation
from tocsin.domain.broadcasts import jobs, rules
from tocsin.domain.broadcasts.audience import TOCSIN, meant
from tocsin.domain.broadcasts.events import (
    AlertClosed,
    AlertMade,
    Answered,
    RepeatEnded,
    StaffAlerted,
    StaffAnswered,
    WaveSent,
)
from tocsin.domain.broadcasts.models import Recipient, StaffAlert
from tocsin.domain.broadcasts.naming import found, subject
from tocsin.domain.broadcasts.permissions import SEND
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, new_id

_SAME = (
    "title",
    "text",
    "severity",
    "question",
    "answers",
    "audience",
    "practice",
    "repeat_weeks",
    "series",
    "every_seconds",
    "most",
    "author_id",
    "author_name",
)
"""What each drill of a series takes from the one before."""
LASTS = timedelta(hours=24)
"""As long as the links of a page work; an alert that nobody closed ends then."""


def send_alert(
    actor: Actor,
    *,
    title: str,
    text: str = "",
    severity: str = "high",
    question: str = "",
    answers: Sequence[str] = (),
    audience: Mapping[str, object],
    incident: str = "",
    every: timedelta | None = None,
    most: int = 1,
    practice: bool = False,
    at: datetime | None = None,
    repeat_weeks: int = 0,
) -> str:
    """Alert everyone whom the audience means at this moment; returns the reference. Event `broadcasts.alert_made`.

    They are asked again `every` so often until they answer, at most `most` times in all. With `at` it goes out then.
    A drill with `repeat_weeks` comes again so many weeks later at the same hour, until it is stopped.
    About a restricted incident only its reference and the severity are told. Raises `Invalid` naming the field, also
    for an audience of nobody.
    """
    actor.require(SEND)
    _check(severity, at)
    asked = _line(question, "question", 200)
    seconds, waves = rules.clean_rhythm(every, most)
    values: dict[str, Any] = {
        **_words(actor, title, text, incident),
        "severity": severity,
        "question": asked,
        "answers": rules.clean_answers(asked, answers),
        "audience": dict(audience),
        "practice": practice,
        "repeat_weeks": rules.clean_repeat(repeat_weeks, practice=practice, incident=incident),
        "series": new_id() if repeat_weeks else None,
        "every_seconds": seconds,
        "most": waves,
        "state": "scheduled" if at else "sending",
        "starts_at": at or now(),
    }
    people = meant(audience)
    if not people:
        raise Invalid("audience: nobody is meant by it at this moment; choose somebody.", field="audience")
    with transaction.atomic():
        row = _make(actor, values, len(people))
        if at is None:
            _begin(row, actor)
    return row.reference


def _make(actor: Actor, values: dict[str, Any], people: int) -> StaffAlert:
    """Write it down; a scheduled one with its timer. Event `broadcasts.alert_made`."""
    row = _numbered(values)
    if row.state == "scheduled":
        enqueue(jobs.WAVE, jobs.Alert(alert=str(row.id)), key=str(row.id), due=row.starts_at)
    made = AlertMade(reference=row.reference, people=people, practice=row.practice)
    append(subject(row).stream, made, actor)
    return row


def _schedule_again(row: StaffAlert) -> None:
    """The next drill of the series, with the same words, to whoever is meant then."""
    at = rules.next_time(row.starts_at, row.repeat_weeks, organisation().time_zone, now())
    same = {name: getattr(row, name) for name in _SAME}
    _make(TOCSIN, {**same, "state": "scheduled", "created_at": now(), "starts_at": at}, row.total)


def _check(severity: str, at: datetime | None) -> None:
    if severity not in set(Severity):
        raise Invalid(f"severity: choose one of {', '.join(Severity)}.", field="severity")
    if at is not None and not now() < at <= now() + timedelta(days=366):
        raise Invalid("at: choose a time within the next year, or leave it empty to send now.", field="at")


def _words(actor: Actor, title: str, text: str, incident: str) -> dict[str, Any]:
    """Who says what about which incident; about a restricted one nothing but its reference."""
    about = incidents.row(actor, incident) if incident else None
    hidden = about is not None and about.restricted
    return {
        "title": f"Alert about {about.reference}" if about and hidden else _line(title, "title", 120, needed=True),
        "text": "" if hidden else text.replace("\0", "").strip()[:4000],
        "incident": about.id if about else "",
        "incident_reference": about.reference if about else "",
        "restricted": hidden,
        "author_id": actor.person or None,
        "author_name": actor.name,
        "created_at": now(),
    }


def _numbered(values: dict[str, Any]) -> StaffAlert:
    """The next number; two alerts at once take two."""
    for _ in range(5):
        last = StaffAlert.objects.aggregate(n=Max("number"))["n"] or 0
        try:
            with transaction.atomic():
                return StaffAlert.objects.create(number=last + 1, **values)
        except IntegrityError:
            continue
    raise Conflict("Somebody sent another alert at the same moment; try again.")


def _begin(row: StaffAlert, actor: Actor) -> None:
    """Write down who is meant now, and begin the first wave."""
    people = meant(row.audience)
    Recipient.objects.bulk_create(
        [Recipient(alert=row, person_id=id_of(person.id), site=person.site) for person in people], batch_size=500
    )
    row.total, row.state = len(people), "sending"
    _next_wave(row)
    author = str(row.author_id or actor.id)
    _tell_incident(row, StaffAlerted(author=author, reference=row.reference, title=row.title, people=row.total), actor)
    if row.repeat_weeks:
        _schedule_again(row)


def _next_wave(row: StaffAlert) -> None:
    row.wave += 1
    again = row.every_seconds and row.wave < row.most
    row.next_at = now() + (timedelta(seconds=row.every_seconds) if again else LASTS)
    row.state = "sending"
    row.save(update_fields=["total", "state", "wave", "next_at"])
    enqueue(jobs.SEND, jobs.Alert(alert=str(row.id)), key=str(row.id))
    enqueue(jobs.WAVE, jobs.Alert(alert=str(row.id)), key=str(row.id), due=row.next_at)


def send_batch(alert: str) -> None:
    """Ask the next of those whom this wave has not reached; puts itself in again while there are more."""
    with transaction.atomic():
        row = _locked(alert)
        if row is None or row.state != "sending":
            return
        due = Recipient.objects.filter(alert=row, wave__lt=row.wave).exclude(state="answered").order_by("id")
        batch = list(due.values_list("id", "person_id")[: jobs.BATCH])
        people = [str(person) for _, person in batch]
        mute = _call(row, people) if people else set()
        ids = [id_ for id_, _ in batch]
        sent = Recipient.objects.filter(id__in=ids)
        sent.update(wave=row.wave, sent_at=now(), state="waiting")
        if mute:
            sent.filter(person__in=[id_of(person) for person in mute]).update(state="unreachable")
        if people:
            append(subject(row).stream, WaveSent(wave=row.wave, people=len(people), unreachable=len(mute)), TOCSIN)
        if len(batch) == jobs.BATCH:
            enqueue(jobs.SEND, jobs.Alert(alert=str(row.id)), key=f"{row.id}:{batch[-1][0]}:{row.wave}")
        else:
            StaffAlert.objects.filter(id=row.id).update(state="open")


def _call(row: StaffAlert, people: list[str]) -> set[str]:
    drill = "Drill: " if row.practice else ""
    return oncall.call_many(
        TOCSIN,
        subject=subject(row),
        people=people,
        severity=row.severity,
        reason=f"{drill}{row.author_name} asks everyone meant to answer",
        summary="" if row.restricted else "\n".join(part for part in (row.text, row.question) if part),
        until=(row.next_at or now()) + LASTS,
    )


def next_wave(alert: str) -> None:
    """It is time: begin a scheduled alert, ask those who have not answered, or end one that is a day old."""
    with transaction.atomic():
        row = _locked(alert)
        if row is None or row.state == "closed":
            return
        waiting = Recipient.objects.filter(alert=row).exclude(state="answered")
        if row.state == "scheduled":
            _begin(row, TOCSIN)
        elif row.wave >= row.most or not row.every_seconds or not waiting.exists():
            _close(row, TOCSIN)
        else:
            _next_wave(row)


def ask_again(actor: Actor, *, alert: str) -> None:
    """Ask everyone who has not answered once more, now. Raises `Conflict` within a minute of the last time."""
    actor.require(SEND)
    with transaction.atomic():
        row = _seen(actor, alert)
        if row.state != "open":
            raise Conflict(f"{row.reference} is {row.state}; it cannot be sent again now.", field="state")
        late = Recipient.objects.filter(alert=row, sent_at__gt=now() - rules.SHORTEST)
        if late.exists():
            raise Conflict("It went out less than a minute ago; give them a moment.", field="state")
        _next_wave(row)


def answer(actor: Actor, *, alert: str, value: str, via: str = "screen") -> None:
    """The actor's answer; a second one replaces it. Event `broadcasts.answered`.

    Raises `NotFound` for who was not asked, `Conflict` once it is closed, `Invalid` for words that are no answer.
    """
    with transaction.atomic():
        row = found(alert)
        mine = row and Recipient.objects.select_for_update().filter(alert=row, person=id_of(actor.person)).first()
        if row is None or not mine:
            raise NotFound("You were not asked by this alert.")
        if row.state in ("closed", "scheduled"):
            raise Conflict(f"{row.reference} is {row.state}; it takes no answer now.", field="state")
        if value not in row.answers:
            raise Invalid(f"answer: choose one of {', '.join(row.answers)}.", field="answer")
        if mine.answer == value:
            return
        mine.state, mine.answer, mine.via, mine.answered_at = "answered", value, via[:60], now()
        mine.save(update_fields=["state", "answer", "via", "answered_at"])
        oncall.end_many(TOCSIN, subject=subject(row), people=[actor.person], reason="you answered it")
        told = Answered(person=actor.person, person_name=actor.name, answer=value, via=via)
        append(subject(row).stream, told, actor)


def unreachable(alert: str, person: str) -> None:
    """No message to this person got through; nothing when they have answered."""
    rows = Recipient.objects.filter(alert=id_of(alert), person=id_of(person), state="waiting")
    rows.update(state="unreachable")


def close_alert(actor: Actor, *, alert: str) -> None:
    """Nobody is asked any more; open links say so. Event `broadcasts.closed`. Closing twice changes nothing."""
    actor.require(SEND)
    with transaction.atomic():
        row = _seen(actor, alert)
        if row.state != "closed":
            _close(row, actor)


def stop_repeating(actor: Actor, *, alert: str) -> None:
    """The drill comes no more; the one that is out goes on. Event `broadcasts.repeat_ended`.

    Raises `Conflict` when nothing of its series is to come.
    """
    actor.require(SEND)
    with transaction.atomic():
        row = _seen(actor, alert)
        coming = StaffAlert.objects.select_for_update().filter(series=row.series, state="scheduled")
        scheduled = list(coming) if row.series else []
        if not scheduled:
            raise Conflict(f"{row.reference} does not come again.", field="state")
        for each in scheduled:
            _close(each, actor)
        append(subject(row).stream, RepeatEnded(weeks=row.repeat_weeks), actor)


def _close(row: StaffAlert, actor: Actor) -> None:
    row.state, row.closed_at, row.next_at = "closed", now(), None
    row.save(update_fields=["state", "closed_at", "next_at"])
    cancel(jobs.WAVE, str(row.id))
    cancel(jobs.SEND, str(row.id))
    oncall.end_many(TOCSIN, subject=subject(row), reason=f"{row.reference} is closed")
    answered = Recipient.objects.filter(alert=row, state="answered").count()
    append(subject(row).stream, AlertClosed(answered=answered, people=row.total), actor)
    if row.wave:
        _tell_incident(row, StaffAnswered(reference=row.reference, answered=answered, people=row.total), actor)


def _tell_incident(row: StaffAlert, what: Event, actor: Actor) -> None:
    """Write it into the timeline of the incident that the alert is about."""
    if row.incident:
        append(f"incident:{row.incident}", what, actor)


def _locked(id_: str) -> StaffAlert | None:
    return StaffAlert.objects.select_for_update().filter(id=id_of(id_)).first()


def _seen(actor: Actor, alert: str) -> StaffAlert:
    known = found(alert)
    if known is None or not visible(actor, [f"staff_alert:{known.id}"]):
        raise NotFound("There is no such staff alert.", field="alert")
    return StaffAlert.objects.select_for_update().get(id=known.id)


def _line(given: str, field: str, longest: int, *, needed: bool = False) -> str:
    line = " ".join(given.replace("\0", "").split())
    if needed and not line:
        raise Invalid(f"{field}: say what has happened, in a few words.", field=field)
    if len(line) > longest:
        raise Invalid(f"{field}: at most {longest} characters; this has {len(line)}.", field=field)
    return line
