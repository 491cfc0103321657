"""What the link of a page opens. The token is the right to see it; nothing here changes anything.

A subject that is restricted, or that the person paged may no longer see, shows reference and severity only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.core.visibility import visible
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery.ports import word_of
from tocsin.domain.oncall import ports
from tocsin.domain.oncall.commands import UNDO_WITHIN
from tocsin.domain.oncall.events import listed
from tocsin.domain.oncall.models import Escalation, EscalationState, Page, PageLink, PageState
from tocsin.domain.oncall.outlook import Next, memory, next_in_line
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import token_hash
from tocsin.kernel.subject import Subject

_MOST_NAMED = 50
_SPELLED = 5
"""Of a broadcast to thousands nobody reads every name."""
_NOBODY = Next(None, (), "")


@dataclass(frozen=True, slots=True)
class PageLinkView:
    """What the person who was paged sees. `state`:

    open: Acknowledge; yours: this person has it; taken: someone else has; passed: this person passed it on;
    over: paging ended; expired: the link is too old.
    `pass_to` names who is paged when the person cannot take it (empty: nobody else). `undo_until` is set while an
    acknowledgement can be taken back. `elapsed` is the time from the page to the acknowledgement. `time_zone` is
    the person's.
    """

    state: str
    subject: Subject
    severity: str
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    started_at: datetime
    person_id: str
    person: str
    time_zone: str
    reason: str
    paged_at: datetime
    paged: tuple[str, ...]
    next_person: str
    next_what: str
    next_at: datetime | None
    next_since: datetime | None
    pass_to: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    elapsed: timedelta | None
    stop_reason: str
    undo_until: datetime | None
    coming: tuple[ports.Coming, ...]
    follow_ups: tuple[ports.FollowUp, ...]
    replies: ports.Replies | None = None

    @property
    def expired(self) -> bool:
        """True when the link is too old to act."""
        return self.state == "expired"


def link(token: str) -> PageLinkView:
    """What this link opens. A fixed number of queries. Raises `NotFound` for an unknown one."""
    found = (
        PageLink.objects.select_related("page__person", "page__escalation__policy")
        .filter(token_hash=token_hash(token))
        .first()
    )
    if found is None:
        raise NotFound("This link is not known here. Open the newest message, or sign in.")
    at, page = now(), found.page
    row = page.escalation
    state = _state(found, row, at)
    waits = state in ("open", "yours")
    upcoming = next_in_line(row, at) if waits else _NOBODY
    instead = next_in_line(row, at, without=str(page.person_id)) if state == "open" else _NOBODY
    subject = _subject(row, page)
    return PageLinkView(
        state=state,
        subject=subject,
        severity=row.severity,
        title=subject.public_title,
        summary="" if subject.restricted or row.summary == subject.title else row.summary,
        facts=() if subject.restricted else tuple((str(k), str(v)) for k, v in row.facts.items()),
        started_at=row.started_at,
        person_id=str(page.person_id),
        person=str(page.person),
        time_zone=page.person.time_zone or accounts.organisation().time_zone,
        reason=page.reason,
        paged_at=page.paged_at,
        paged=_paged(row, page),
        next_person=_few(upcoming.names),
        next_what=upcoming.what,
        next_at=upcoming.at,
        next_since=memory(row).waiting_since if upcoming.at else None,
        pass_to=_few(instead.names),
        acknowledged_by=row.acknowledged_name,
        acknowledged_at=row.acknowledged_at,
        elapsed=_elapsed(row, page),
        stop_reason=row.stop_reason,
        undo_until=_undo_until(row, page, at) if state == "yours" else None,
        coming=_coming(row, subject) if state == "yours" else (),
        follow_ups=tuple(ports.follow_ups(subject)) if waits else (),
        replies=_replies(row, page, subject) if state != "expired" else None,
    )


def _replies(row: Escalation, page: Page, subject: Subject) -> ports.Replies | None:
    """What a person who was called by name may answer; to what several were asked for, that they know is enough."""
    return ports.replies(subject, str(page.person_id)) if row.called_id and not row.shared else None


def _state(found: PageLink, row: Escalation, at: datetime) -> str:
    if row.state == EscalationState.STOPPED:
        return "over"
    if row.state == EscalationState.ACKNOWLEDGED:
        return "yours" if row.acknowledged_by_id == found.page.person_id else "taken"
    if found.expires_at <= at:
        return "expired"
    if str(found.page.person_id) in row.declined and found.page.state == PageState.PASSED_ON:
        return "passed"
    return "open"


def _subject(row: Escalation, page: Page) -> Subject:
    subject = Subject(
        row.subject_kind,
        row.subject_id,
        row.subject_reference,
        row.subject_title,
        row.subject_url,
        row.subject_restricted,
    )
    if not subject.restricted and not _may_see(page, subject):
        return replace(subject, restricted=True)
    return subject


def _may_see(page: Page, subject: Subject) -> bool:
    try:
        return bool(visible(accounts.actor_of(str(page.person_id)), [subject.stream]))
    except NotFound:
        return False


def _paged(row: Escalation, mine: Page) -> tuple[str, ...]:
    """Whom it paged so far, this person first as 'you', each with the kinds of contact method; of many the first."""
    pages = (
        Page.objects.filter(escalation__subject_kind=row.subject_kind, escalation__subject_id=row.subject_id)
        .select_related("person")
        .prefetch_related("links")
        .order_by("paged_at")
    )
    kinds: dict[str, list[str]] = {"you": []}
    for page in pages[:_MOST_NAMED]:
        name = "you" if page.person_id == mine.person_id else str(page.person)
        kinds.setdefault(name, []).extend(word_of(link.kind) for link in page.links.all())
    kinds["you"] = kinds["you"] or [word_of(link.kind) for link in mine.links.all()]
    ordered = list(kinds.items())
    said = [f"{name}, by {listed(list(dict.fromkeys(used)))}" if used else name for name, used in ordered[:_SPELLED]]
    more = pages.order_by().values("person").distinct().count() - len(said) if len(ordered) > _SPELLED else 0
    return (*said, f"{more} more") if more else tuple(said)


def _few(names: Sequence[str]) -> str:
    """Names as a small screen has room for them."""
    more = len(names) - _SPELLED
    return f"{', '.join(names[:_SPELLED])} and {more} more" if more > 0 else ", ".join(names)


def _elapsed(row: Escalation, page: Page) -> timedelta | None:
    """From this person's first page since an earlier answer of theirs to this answer."""
    answered = row.acknowledged_at
    if answered is None:
        return None
    first = row.started_at
    for paged_at, settled_at, state in (
        row.pages.filter(person_id=page.person_id, paged_at__lte=answered)
        .order_by("-paged_at")
        .values_list("paged_at", "settled_at", "state")
    ):
        if state == PageState.ACKNOWLEDGED and settled_at and settled_at < answered:
            break
        first = paged_at
    return answered - first


def _undo_until(row: Escalation, page: Page, at: datetime) -> datetime | None:
    if row.acknowledged_at is None or not row.before_answer:
        return None
    until = row.acknowledged_at + UNDO_WITHIN
    return until if until > at else None


def _coming(row: Escalation, subject: Subject) -> tuple[ports.Coming, ...]:
    items = list(ports.coming(subject))
    if row.next_at is not None:
        items.append(ports.Coming(row.next_at, "If nothing happens here for 30 min, you are asked again."))
    return tuple(sorted(items, key=lambda item: item.at))
