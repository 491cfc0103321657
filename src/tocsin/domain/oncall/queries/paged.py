"""Who was paged about a subject, how, what the provider answered, and what happens next and when."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.visibility import visible
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageState
from tocsin.domain.oncall.outlook import next_in_line
from tocsin.domain.oncall.permissions import VIEW
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

_RANK = {
    EscalationState.EXHAUSTED: 3,
    EscalationState.RUNNING: 2,
    EscalationState.ACKNOWLEDGED: 1,
    EscalationState.STOPPED: 0,
}
_WHAT_NEXT = {
    PageState.ACKNOWLEDGED: "has it",
    PageState.ANSWERED: "someone else answered",
    PageState.PASSED_ON: "passed it on",
    PageState.SUPERSEDED: "was paged again since",
    PageState.UNREACHABLE: "cannot be reached",
    PageState.STOPPED: "paging is over",
    PageState.EXPIRED: "no answer",
}


@dataclass(frozen=True, slots=True)
class PageView:
    """One call of one person, with every message sent for it and what each provider answered."""

    id: str
    person_id: str
    person: str
    state: str
    reason: str
    paged_at: datetime
    acknowledged_at: datetime | None
    via: str
    deliveries: tuple[DeliveryView, ...]
    what_next: str
    """In UTC, for programs; a screen shows `answer_by` in its viewer's zone."""
    answer_by: datetime | None = None
    opened_at: datetime | None = None
    """When a person first looked at one of its links."""
    called: bool = False
    """It asked this person to come, whoever else has the subject: passing it on is to decline."""


@dataclass(frozen=True, slots=True)
class PagingView:
    """All paging about one subject. `state` is that of its loudest escalation, `none` when nobody was ever paged.

    `next_what` completes '<next_at>: …'. `pages` are newest first.
    """

    state: str
    severity: str
    next_at: datetime | None
    next_what: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    acknowledged_via: str
    pages: tuple[PageView, ...]


@dataclass(frozen=True, slots=True)
class MyPage:
    """A subject that this person is being paged about, for the top bar and Home."""

    subject: Subject
    severity: str
    paged_at: datetime
    next_at: datetime | None


NOBODY = PagingView("none", "", None, "", "", None, "", ())


def paging(actor: Actor, subject_stream: str) -> PagingView:
    """Everything about the paging of a subject. A fixed number of queries. Raises `NotFound` when hidden."""
    actor.require(VIEW)
    if not visible(actor, [subject_stream]):
        raise NotFound("There is no such thing.")
    kind, _, id_ = subject_stream.partition(":")
    rows = list(
        Escalation.objects.select_related("policy").filter(subject_kind=kind, subject_id=id_).order_by("started_at")
    )
    if not rows:
        return NOBODY
    loudest = max(rows, key=lambda row: (_RANK[EscalationState(row.state)], row.started_at))
    upcoming = next_in_line(loudest, now())
    answered = next((row for row in reversed(rows) if row.acknowledged_at and not row.called_id), None)
    return PagingView(
        state=loudest.state,
        severity=loudest.severity,
        next_at=upcoming.at,
        next_what=upcoming.what,
        acknowledged_by=answered.acknowledged_name if answered else "",
        acknowledged_at=answered.acknowledged_at if answered else None,
        acknowledged_via=answered.acknowledged_via if answered else "",
        pages=page_views(rows),
    )


def my_pages(actor: Actor) -> list[MyPage]:
    """What this person is being paged about and nobody has answered, newest first. One query, one per kind seen."""
    if not actor.person:
        return []
    pages = Page.objects.select_related("escalation").filter(person_id=id_of(actor.person), state=PageState.OPEN)
    found: dict[str, MyPage] = {}
    for page in pages.order_by("-paged_at")[:50]:
        row = page.escalation
        subject = Subject(
            row.subject_kind,
            row.subject_id,
            row.subject_reference,
            row.subject_title,
            row.subject_url,
            row.subject_restricted,
        )
        found.setdefault(subject.stream, MyPage(subject, row.severity, page.paged_at, row.next_at))
    seen = visible(actor, list(found))
    return [mine for stream, mine in found.items() if stream in seen]


def page_views(rows: list[Escalation]) -> tuple[PageView, ...]:
    """Every call of these escalations, newest first, with what was sent for it. Five queries."""
    escalations = {row.id: row for row in rows}
    pages = (
        Page.objects.filter(escalation__in=rows)
        .select_related("person")
        .prefetch_related("links")
        .order_by("-paged_at", "-id")
    )
    listed = list(pages)
    keys = [link.delivery_key for page in listed for link in page.links.all()]
    sent = {view.key: view for view in delivery.deliveries(READER, keys=keys)} if keys else {}
    return tuple(_view(page, sent, escalations[page.escalation_id]) for page in listed)


def _view(page: Page, sent: dict[str, DeliveryView], row: Escalation) -> PageView:
    state, next_at = PageState(page.state), row.next_at
    open_words = f"waits for an answer until {next_at:%H:%M} UTC" if next_at else "waits for an answer"
    links = sorted(page.links.all(), key=lambda link: link.sent_at)
    return PageView(
        id=str(page.id),
        person_id=str(page.person_id),
        person=str(page.person),
        state=page.state,
        reason=page.reason,
        paged_at=page.paged_at,
        acknowledged_at=page.settled_at if state is PageState.ACKNOWLEDGED else None,
        via=page.via if state is PageState.ACKNOWLEDGED else "",
        deliveries=tuple(sent[link.delivery_key] for link in links if link.delivery_key in sent),
        what_next=open_words if state is PageState.OPEN else _WHAT_NEXT[state],
        answer_by=next_at if state is PageState.OPEN else None,
        called=bool(row.called_id),
        opened_at=min((link.opened_at for link in links if link.opened_at), default=None),
    )
