"""Calls of many people at once about one subject: a fixed number of queries for a batch, whatever its size.

The same rows as `page_people` makes (one escalation, one page, one link per contact method), answered and ended alike.
When to ask again is the caller's to say, so no timer is set here; nothing is said on the log for each person.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import Capability, DestinationView, Message, transports
from tocsin.domain.oncall.commands.contact import LINK_LASTS, PURPOSE
from tocsin.domain.oncall.commands.paging import severity_of
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.permissions import PAGE
from tocsin.domain.oncall.rules import escalation as rules
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
    """Call these people now, by every proved method when it wakes, else by the first; ids of those without any.

    An earlier call of theirs about the subject is replaced. Nobody is called again by itself before `until`.
    """
    actor.require(PAGE)
    level, at = severity_of(severity), now()
    methods = destinations.contact_methods(READER, people)
    wanted = [person for person in dict.fromkeys(people) if methods[person]]
    with transaction.atomic():
        end_many(actor, subject=subject, people=people, reason="called again", state=PageState.SUPERSEDED)
        rows = [_escalation(subject, level, person, reason, summary, at, until) for person in wanted]
        pages = [_page(row, person, reason, at) for row, person in zip(rows, wanted, strict=True)]
        links, letters = _links(subject, pages, methods)
        Escalation.objects.bulk_create(rows)
        Page.objects.bulk_create(pages)
        PageLink.objects.bulk_create(links)
        delivery.send_many(READER, letters=letters, subject=subject, purpose=PURPOSE)
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


def _links(
    subject: Subject, pages: list[Page], methods: dict[str, list[DestinationView]]
) -> tuple[list[PageLink], list[delivery.Letter]]:
    links, letters = [], []
    for page in pages:
        for method in _chosen(methods[str(page.person_id)], urgent=page.urgency == Urgency.WAKES):
            token, id_ = new_token(), new_id()
            link = PageLink(
                id=id_,
                page=page,
                destination=method.id,
                kind=method.kind,
                token_hash=token_hash(token),
                delivery_key=f"{PURPOSE}:{id_}",
                expires_at=page.expires_at,
                sent_at=page.paged_at,
            )
            links.append(link)
            letters.append(delivery.Letter(method.id, _message(subject, page, token), link.delivery_key))
    return links, letters


def _chosen(methods: list[DestinationView], *, urgent: bool) -> list[DestinationView]:
    """As for one person (`delivery.reach`): proved ones, what can send now first, all of them when it wakes."""
    proved = [method for method in methods if method.verified] or methods
    ordered = sorted(proved, key=lambda method: _rank(method, urgent))
    return ordered if urgent else ordered[:1]


def _rank(method: DestinationView, urgent: bool) -> tuple[bool, bool, int]:
    transport = transports().get(method.kind)
    wakes = transport is not None and Capability.WAKES in transport.capabilities
    return transport is None or bool(transport.problem()), wakes != urgent, method.position


def _message(subject: Subject, page: Page, token: str) -> Message:
    row = page.escalation
    return page_message(
        subject=subject,
        severity=Severity(row.severity),
        summary=row.summary,
        facts={},
        reason=page.reason,
        link=f"{settings.PUBLIC_URL}/p/{token}",
        next_at=None,
        urgent=page.urgency == Urgency.WAKES,
    )
