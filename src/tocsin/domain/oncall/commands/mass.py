"""Calls of many people at once about one subject: a fixed number of queries for a batch, whatever its size.

The same rows as `page_people` makes (one escalation, one page, one link per contact method), answered and ended alike.
When to ask again is the caller's to say; a timer is set only for who wants to be rung later. Nothing is said on the log
for each person.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tocsin.core.work import Draft, enqueue_many
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import Written
from tocsin.domain.oncall.commands.contact import LINK_LASTS, PURPOSE, RING, Plan
from tocsin.domain.oncall.commands.paging import severity_of
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.permissions import PAGE
from tocsin.domain.oncall.personal import habits_of
from tocsin.domain.oncall.rules import escalation as rules
from tocsin.domain.oncall.rules import personal
from tocsin.domain.oncall.rules.personal import Moment, Ways
from tocsin.domain.oncall.rules.rehearsing import Habits
from tocsin.domain.oncall.rules.urgency import URGENCY, Severity, Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.domain.oncall.wording import page_message
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, new_id, new_token, token_hash
from tocsin.kernel.subject import Subject


def call_many(
    actor: Actor, *, subject: Subject, people: Sequence[str], severity: str, reason: str, summary: str, until: datetime
) -> set[str]:
    """Call these people, each by their own rules for this severity and outside of their quiet hours, which never
    silence Critical; ids of those without any contact method.

    An earlier call of theirs about the subject is replaced; what it was yet to ring still rings. Nobody is called again
    by itself before `until`.
    """
    actor.require(PAGE)
    level, at = severity_of(severity), now()
    ways = destinations.ways_to(people)
    wanted = [person for person in dict.fromkeys(people) if ways[person]]
    with transaction.atomic():
        carried = _carried(subject, wanted)
        end_many(actor, subject=subject, people=people, reason="called again", state=PageState.SUPERSEDED)
        rows = [_escalation(subject, level, person, reason, summary, at, until) for person in wanted]
        pages = [_page(row, person, reason, at) for row, person in zip(rows, wanted, strict=True)]
        sent = _ring(subject, pages, ways, carried)
        Escalation.objects.bulk_create(rows)
        Page.objects.bulk_create(pages)
        PageLink.objects.bulk_create(sent.links)
        enqueue_many(sent.timers)
        delivery.send_many(READER, letters=sent.letters, subject=subject, purpose=PURPOSE)
    return set(people) - set(wanted)


def end_many(
    actor: Actor,
    *,
    subject: Subject,
    reason: str,
    people: Collection[str] | None = None,
    state: PageState = PageState.STOPPED,
) -> None:
    """Call these people no more about the subject, all of them without `people`; their links say why. Two queries."""
    actor.require(PAGE)
    rows = Escalation.objects.filter(subject_kind=subject.kind, subject_id=subject.id, called__isnull=False)
    rows = rows.exclude(state=EscalationState.STOPPED)
    if people is not None:
        rows = rows.filter(called__in=[id_of(person) for person in people])
    at = now()
    with transaction.atomic():
        Page.objects.filter(escalation__in=rows.values("id"), state=PageState.OPEN).update(state=state, settled_at=at)
        rows.update(state=EscalationState.STOPPED, stopped_at=at, stop_reason=reason[:300], next_at=None)


def _escalation(
    subject: Subject, level: Severity, person: str, reason: str, summary: str, at: datetime, until: datetime
) -> Escalation:
    last = rules.State(
        severity=level,
        started_at=at,
        next_at=until,
        waiting_since=at,
        round=rules.ROUNDS,
        step=0,
        paged=frozenset({person}),
    )
    return Escalation(
        id=new_id(),
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_reference=subject.reference[:80],
        subject_title=subject.title[:300],
        subject_url=subject.url[:300],
        subject_restricted=subject.restricted,
        severity=level.value,
        summary=summary,
        called_id=id_of(person),
        target_key=f"person:{person}",
        reason=reason[:300],
        memory=last.to_json(),
        next_at=until,
        started_at=at,
    )


def _page(row: Escalation, person: str, reason: str, at: datetime) -> Page:
    return Page(
        id=new_id(),
        escalation=row,
        person_id=id_of(person),
        wave="mass",
        why=rules.Why.STEP.value,
        reason=reason[:300],
        urgency=URGENCY[Severity(row.severity)].value,
        step=1,
        round=1,
        paged_at=at,
        expires_at=at + LINK_LASTS,
    )


@dataclass(slots=True)
class _Sent:
    """What goes out now for a batch, and the timers of what rings later by people's own rules."""

    links: list[PageLink] = field(default_factory=list)
    letters: list[delivery.Letter] = field(default_factory=list)
    timers: list[Draft] = field(default_factory=list)


def _ring(subject: Subject, pages: list[Page], ways: Mapping[str, Ways], carried: Mapping[str, Plan]) -> _Sent:
    """Each page by its person's own rules, as `contact` does for one. Three queries, whatever their number."""
    habits = habits_of([str(page.person_id) for page in pages], ways)
    recent, sent = _recent(habits), _Sent()
    for page in pages:
        person = str(page.person_id)
        mine, before = habits[person], carried.get(person)
        plan = [*_plan(page, mine), *(before or ())]
        due = [entry for entry in plan if datetime.fromisoformat(entry[0]) <= page.paged_at]
        moment = Moment(
            at=page.paged_at,
            severity=Severity(page.escalation.severity),
            news=before is None,
            quiet=mine.quiet,
            recent=recent.get(person, {}),
        )
        made = personal.ring([method for _, ids, _ in due for method in ids], mine.ways, moment)
        page.plan = [entry for entry in plan if entry not in due]
        page.plan += [[when.isoformat(), list(ids), True] for when, ids in made.later]
        if page.plan:
            page.ring_at = min(datetime.fromisoformat(entry[0]) for entry in page.plan)
            page.ring_set_at = page.paged_at
            sent.timers.append(Draft(RING, f'{{"page":"{page.id}"}}', str(page.id), page.ring_at))
        kinds = {way.id: way.kind for way in mine.ways}
        for method in made.send:
            _write(subject, page, method, kinds[method], sent)
    return sent


def _plan(page: Page, mine: Habits) -> list[list[Any]]:
    urgency = Urgency(page.urgency)
    rungs = personal.plan(mine.own.get(urgency, ()), mine.ways, urgency)
    return [[(page.paged_at + rung.after).isoformat(), list(rung.methods), False] for rung in rungs]


def _write(subject: Subject, page: Page, method: str, kind: str, sent: _Sent) -> None:
    token, id_ = new_token(), new_id()
    link = PageLink(
        id=id_,
        page=page,
        destination=method,
        kind=kind,
        token_hash=token_hash(token),
        delivery_key=f"{PURPOSE}:{id_}",
        expires_at=page.expires_at,
        sent_at=page.paged_at,
    )
    sent.links.append(link)
    sent.letters.append(delivery.Letter(method, _message(subject, page, token), link.delivery_key))


def _carried(subject: Subject, people: Sequence[str]) -> dict[str, Plan]:
    """What open calls of these people about the subject were yet to ring. One query."""
    rows = Page.objects.filter(
        escalation__subject_kind=subject.kind,
        escalation__subject_id=subject.id,
        person__in=[id_of(person) for person in people],
        state=PageState.OPEN,
    )
    return {str(person): plan for person, plan in rows.values_list("person_id", "plan")}


def _recent(people: Collection[str]) -> dict[str, dict[str, list[datetime]]]:
    """When kinds that are counted were used for each of these people lately. One query."""
    rows = PageLink.objects.filter(
        page__person_id__in=[id_of(person) for person in people],
        kind__in=list(personal.MOST_IN_WINDOW),
        sent_at__gt=now() - personal.WINDOW,
    )
    found: dict[str, dict[str, list[datetime]]] = {}
    for person, kind, sent_at in rows.values_list("page__person_id", "kind", "sent_at"):
        found.setdefault(str(person), {}).setdefault(kind, []).append(sent_at)
    return found


def _message(subject: Subject, page: Page, token: str) -> Written:
    row = page.escalation
    return lambda reader: page_message(
        subject=subject,
        severity=Severity(row.severity),
        summary=row.summary,
        facts={},
        reason=page.reason,
        link=f"{settings.PUBLIC_URL}/p/{token}",
        next_at=None,
        at=page.paged_at,
        urgent=page.urgency == Urgency.WAKES,
        reader=reader,
    )
