"""Reads of staff alerts: reach before sending, results while people answer, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from tocsin.core.visibility import visible
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.broadcasts.audience import TOCSIN, meant, sites
from tocsin.domain.broadcasts.models import Recipient, StaffAlert
from tocsin.domain.broadcasts.naming import found
from tocsin.domain.broadcasts.permissions import SEND, VIEW
from tocsin.domain.delivery import queries as delivery
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound

__all__ = ["AlertView", "AskedView", "ReachView", "alert", "alerts", "asked", "reach", "sites"]


@dataclass(frozen=True, slots=True)
class ReachView:
    """Whom an audience means now: how many, and those who have no contact method."""

    people: int
    mute: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert with its counts. `state`: scheduled, sending, open or closed. `by_answer` is (answer, people)."""

    id: str
    reference: str
    title: str
    text: str
    severity: str
    question: str
    answers: tuple[str, ...]
    incident_reference: str
    restricted: bool
    practice: bool
    state: str
    wave: int
    most: int
    every_seconds: int
    total: int
    answered: int
    unreachable: int
    waiting: int
    by_answer: tuple[tuple[str, int], ...]
    author: str
    created_at: datetime
    starts_at: datetime
    next_at: datetime | None
    closed_at: datetime | None
    url: str
    repeat_weeks: int = 0
    next_drill: str = ""
    """The reference of the next of a drill that comes again; with its time."""
    next_drill_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedView:
    """One person and their answer. `state`: waiting, answered or unreachable."""

    person_id: str
    person: str
    phone: str
    teams: tuple[str, ...]
    site: str
    state: str
    answer: str
    via: str
    times: int
    sent_at: datetime | None
    answered_at: datetime | None


def reach(actor: Actor, audience: Mapping[str, object]) -> ReachView:
    """Whom an audience means now. A fixed number of queries."""
    actor.require(SEND)
    people = meant(audience)
    methods = delivery.contact_methods(TOCSIN, [person.id for person in people])
    mute = tuple(person.name for person in people if not methods[person.id])
    return ReachView(len(people), mute, tuple(person.name for person in people[:50]))


def alerts(actor: Actor, *, incident: str = "", limit: int = 200) -> list[AlertView]:
    """Alerts, newest first, with counts; with an `incident` (id) those about it. A fixed number of queries."""
    actor.require(VIEW)
    rows = StaffAlert.objects.order_by("-created_at", "-number")
    if incident:
        rows = rows.filter(incident=incident)
    listed = list(rows[:limit])
    seen = visible(actor, [f"staff_alert:{row.id}" for row in listed])
    return _views([row for row in listed if f"staff_alert:{row.id}" in seen])


def alert(actor: Actor, ref_or_id: str) -> AlertView:
    """One alert. Raises `NotFound`, also for who may not see it."""
    row = found(ref_or_id)
    if row is None or not visible(actor, [f"staff_alert:{row.id}"]):
        raise NotFound("There is no such staff alert.")
    return _views([row])[0]


def asked(actor: Actor, ref_or_id: str) -> list[AskedView]:
    """Everyone who was asked, those who need help to be reached first, then those who wait. Five queries."""
    view = alert(actor, ref_or_id)
    rows = list(Recipient.objects.filter(alert__id=view.id))
    people = {p.id: p for p in accounts.people(TOCSIN, [str(row.person_id) for row in rows])}
    order = {"unreachable": 0, "waiting": 1, "answered": 2}
    found_rows = [
        AskedView(
            person_id=str(row.person_id),
            person=people[str(row.person_id)].name,
            phone=people[str(row.person_id)].phone,
            teams=people[str(row.person_id)].teams,
            site=row.site,
            state=row.state,
            answer=row.answer,
            via=row.via,
            times=row.wave,
            sent_at=row.sent_at,
            answered_at=row.answered_at,
        )
        for row in rows
    ]
    return sorted(found_rows, key=lambda one: (order[one.state], one.person.casefold()))


def _views(rows: list[StaffAlert]) -> list[AlertView]:
    counts: dict[str, dict[tuple[str, str], int]] = {str(row.id): {} for row in rows}
    counted = Recipient.objects.filter(alert__in=rows).order_by().values("alert", "state", "answer")
    for each in counted.annotate(n=Count("id")):
        counts[str(each["alert"])][each["state"], each["answer"]] = each["n"]
    series = {row.series for row in rows if row.series}
    coming = StaffAlert.objects.filter(series__in=series, state="scheduled") if series else []
    drills = {row.series: row for row in coming}
    return [_view(row, counts[str(row.id)], drills.get(row.series) if row.series else None) for row in rows]


def _view(row: StaffAlert, counts: Mapping[tuple[str, str], int], drill: StaffAlert | None) -> AlertView:
    def of(state: str) -> int:
        return sum(n for (found_state, _), n in counts.items() if found_state == state)

    return AlertView(
        id=str(row.id),
        reference=row.reference,
        title=row.title,
        text=row.text,
        severity=row.severity,
        question=row.question,
        answers=tuple(row.answers),
        incident_reference=row.incident_reference,
        restricted=row.restricted,
        practice=row.practice,
        state=row.state,
        wave=row.wave,
        most=row.most,
        every_seconds=row.every_seconds,
        total=row.total,
        answered=of("answered"),
        unreachable=of("unreachable"),
        waiting=of("waiting"),
        by_answer=tuple((answer, counts.get(("answered", answer), 0)) for answer in row.answers),
        author=row.author_name,
        created_at=row.created_at,
        starts_at=row.starts_at,
        next_at=row.next_at,
        closed_at=row.closed_at,
        url=row.url,
        repeat_weeks=row.repeat_weeks if drill else 0,
        next_drill=drill.reference if drill else "",
        next_drill_at=drill.starts_at if drill else None,
    )
