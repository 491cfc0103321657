"""Sends one page to a person's contact methods, each with a link of its own, by the person's own rules.

What rings later is a row with a timer. Runs inside the caller's transaction; the sending itself is the delivery
room's. Never decides when or by what: `rules.personal` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from django.conf import settings

from tocsin.core.work import cancel, enqueue
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.personal import Own, own_of
from tocsin.domain.oncall.rules import personal
from tocsin.domain.oncall.rules.personal import Moment, Ringing, Rung, Ways
from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.domain.oncall.wording import page_message
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id, new_token, token_hash
from tocsin.kernel.subject import Subject

PURPOSE = "page"
LINK_LASTS = timedelta(hours=24)
RING = "oncall.ring"
MOST_CARRIED = 20
Plan = Sequence[list[Any]]
"""What is still to ring: [when (ISO), method ids, held back before]."""


class Ring(msgspec.Struct):
    """Payload of a page's timer."""

    page: str


def subject_of(row: Escalation) -> Subject:
    """The subject as it was when it was paged last."""
    return Subject(
        kind=row.subject_kind,
        id=row.subject_id,
        reference=row.subject_reference,
        title=row.subject_title,
        url=row.subject_url,
        restricted=row.subject_restricted,
    )


@dataclass(frozen=True, slots=True)
class Contacted:
    """The kinds of method used, what was held back (sentences), and whether anything rings later."""

    kinds: list[str]
    said: tuple[str, ...] = ()
    waits: bool = False


def contact(page: Page, carried: Plan = (), ways: Ways | None = None, *, first: bool = False) -> Contacted:
    """Begin with a new page: the person's plan for its urgency, its first methods at once, a timer for the rest.

    `carried`: what the page that it replaces was yet to ring. `ways` to reach the person, when they are known.
    `first`: its escalation has paged nobody yet.
    """
    page.tried = set()
    found = ways_of(page) if ways is None else ways
    own = own_of(str(page.person_id))
    rungs = personal.plan(own.rules(Urgency(page.urgency)), found, Urgency(page.urgency))
    page.plan = [[(page.paged_at + rung.after).isoformat(), list(rung.methods), False] for rung in rungs]
    page.plan += carried
    return ring_due(page, found, own, first=first)


def ring_due(page: Page, ways: Ways, own: Own | None = None, *, first: bool = False) -> Contacted:
    """Use every method of the plan that is due by now, once; keep the rest with a timer."""
    at = now()
    due = [entry for entry in page.plan if datetime.fromisoformat(entry[0]) <= at]
    page.plan = [entry for entry in page.plan if entry not in due]
    methods = [method for _, ids, _ in due for method in ids]
    made = personal.ring(methods, ways, moment_of(page, at, ways, own, first=first)) if methods else Ringing(())
    waited = any(entry[2] for entry in due)
    return carry_out(page, made, ways, also=_waiting(page) if waited else ())


def carry_out(page: Page, made: Ringing, ways: Ways, *, also: Sequence[str] = ()) -> Contacted:
    """Send, and put what was held back into the plan. A method that is gone meanwhile is passed over."""
    kinds = [kind for id_ in made.send if (kind := _send(page, id_, ways, also))]
    page.plan += [[when.isoformat(), list(ids), True] for when, ids in made.later]
    set_ring_timer(page, ways)
    return Contacted(kinds, made.said, waits=bool(page.plan))


def try_next(page: Page) -> Contacted:
    """After trouble with a method: the next one at once, without waiting for its time."""
    ways, at = ways_of(page), now()
    rest = [Rung(timedelta(0), tuple(ids)) for _, ids, _ in sorted(page.plan)]
    made = personal.next_method(rest, ways, moment_of(page, at, ways), Urgency(page.urgency))
    return carry_out(page, made, ways)


def contact_again(page: Page, link: PageLink) -> None:
    """Send to the same method once more, with a new link (the first message was held back and the page reopened)."""
    _send(page, link.destination, ways_of(page))


def set_ring_timer(page: Page, ways: Ways | None = None) -> None:
    """One timer per page, a row: the next of the plan, or a look at providers that say nothing."""
    at = now()
    times = [datetime.fromisoformat(entry[0]) for entry in page.plan]
    tried = _tried(page)
    if any(way.id not in tried for way in (ways_of(page) if ways is None else ways)):
        silent = page.links.filter(outcome="").order_by("sent_at").values_list("sent_at", flat=True).first()
        times += [max(silent + personal.PATIENCE, at)] if silent else []
    had = page.ring_at is not None
    page.ring_at, page.ring_set_at = min(times, default=None), at
    page.save(update_fields=["plan", "ring_at", "ring_set_at"])
    if page.ring_at is None and had:
        cancel(RING, str(page.id))
    elif page.ring_at is not None:
        enqueue(RING, Ring(page=str(page.id)), key=str(page.id), due=page.ring_at)


def shift_plan(page: Page, at: datetime) -> None:
    """The clock was set back to `at`: what was to ring rings as long after now as it was then."""
    if page.ring_set_at is None:
        return
    jump = page.ring_set_at - at
    page.plan = [[(datetime.fromisoformat(when) - jump).isoformat(), ids, held] for when, ids, held in page.plan]
    page.links.filter(sent_at__gt=at).update(sent_at=at)
    set_ring_timer(page)


def ways_of(page: Page) -> Ways:
    """How the person of the page can be reached now. One query."""
    return destinations.ways_to([str(page.person_id)])[str(page.person_id)]


def moment_of(page: Page, at: datetime, ways: Ways, own: Own | None = None, *, first: bool = False) -> Moment:
    """What the rules of one person ask about this page at this time."""
    row = page.escalation
    own = own or own_of(str(page.person_id))
    generation = page.wave.partition(".")[0]
    earlier = Page.objects.filter(
        escalation=row, person_id=page.person_id, wave__startswith=f"{generation}.", paged_at__lt=page.paged_at
    )
    return Moment(
        at=at,
        severity=Severity(row.severity),
        news=first or not earlier.exists(),
        last_resort=row.state == EscalationState.EXHAUSTED,
        quiet=own.quiet(),
        recent=_recent(page, at) if any(way.kind in personal.MOST_IN_WINDOW for way in ways) else {},
        tried=frozenset(_tried(page)),
    )


def _tried(page: Page) -> set[str]:
    if page.tried is None:
        page.tried = set(page.links.values_list("destination", flat=True))
    return page.tried


def _recent(page: Page, at: datetime) -> dict[str, list[datetime]]:
    """When kinds that are counted were used for this person lately. One query."""
    rows = PageLink.objects.filter(
        page__person_id=page.person_id, kind__in=list(personal.MOST_IN_WINDOW), sent_at__gt=at - personal.WINDOW
    )
    found: dict[str, list[datetime]] = {}
    for kind, sent_at in rows.values_list("kind", "sent_at"):
        found.setdefault(kind, []).append(sent_at)
    return found


def _waiting(page: Page) -> tuple[str, ...]:
    """What else waits for this person: said with a message that was held back, so that one stands for all."""
    rows = Page.objects.filter(person_id=page.person_id, state=PageState.OPEN).exclude(escalation=page.escalation_id)
    references = dict.fromkeys(rows.order_by("paged_at").values_list("escalation__subject_reference", flat=True)[:20])
    return tuple(references)


def _send(page: Page, destination_id: str, ways: Ways, also: Sequence[str] = ()) -> str:
    """Put one message out; its kind, or '' when the method is gone."""
    row, token, id_ = page.escalation, new_token(), new_id()
    kind = next((way.kind for way in ways if way.id == destination_id), "")
    if not kind:
        return ""
    link = PageLink.objects.create(
        id=id_,
        page=page,
        destination=destination_id,
        kind=kind,
        token_hash=token_hash(token),
        delivery_key=f"{PURPOSE}:{id_}",
        expires_at=now() + LINK_LASTS,
        sent_at=now(),
    )
    _tried(page).add(destination_id)
    subject = subject_of(row)
    message = partial(
        page_message,
        subject=subject,
        severity=Severity(row.severity),
        summary=row.summary,
        facts=row.facts,
        reason=page.reason,
        link=f"{settings.PUBLIC_URL}/p/{token}",
        next_at=row.next_at,
        at=link.sent_at,
        urgent=page.urgency == Urgency.WAKES,
        also=also,
    )
    delivery.send(
        READER,
        destination_id=destination_id,
        message=lambda reader: message(reader=reader),
        subject=subject,
        purpose=PURPOSE,
        key=link.delivery_key,
    )
    return link.kind
