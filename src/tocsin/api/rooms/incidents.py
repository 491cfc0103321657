"""Incidents: list, one with its whole picture, declare, correct, size; timeline and what was told."""

from datetime import datetime
from typing import Annotated

from ninja import Query
from pydantic import Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Instant, Limit, Made, Page, read, written
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import DECLARE, RESPOND, VIEW
from tocsin.domain.incidents.rules.severity import Answer, Fact
from tocsin.domain.incidents.rules.states import Kind, State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now

offer = Offer("incidents")
Words = Annotated[str, Field(max_length=20_000)]


class AnswerGiven(Body):
    """What is known of one fact: one choice, several when unsure, none when nobody knows."""

    fact: Fact
    choices: list[str] = []
    because: Words = ""

    def answer(self) -> Answer:
        """As the rules take it."""
        return Answer(self.fact, tuple(self.choices), self.because)


class Declaration(Body):
    """A new incident. `services` by id or slug; without `page` nobody is called."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Kind = Kind.DISRUPTION
    severity: Severity = Severity.UNKNOWN
    summary: Words = ""
    services: list[str] = []
    declared_at: Instant | None = None
    answers: list[AnswerGiven] = []
    restricted: bool | None = None
    page: bool = True


class Correction(Body):
    """What is left out stays as it is."""

    title: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    summary: Words | None = None
    kind: Kind | None = None
    services: list[str] | None = None
    visible_to_users: bool | None = None
    root_cause: Words | None = None


class Assessment(Body):
    """Answers to the three questions; a `severity` against the matrix needs a reason."""

    answers: list[AnswerGiven]
    severity: Severity | None = None
    override_reason: Words = ""


class Split(Body):
    """Which alert groups and services leave, and what the new incident is called."""

    group_ids: list[str] = []
    services: list[str] = []
    title: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Words = ""


@offer.get("/incidents", Page[queries.IncidentRow], needs=VIEW)
def listing(
    request: ApiRequest,
    state: list[State] = Query([]),  # type: ignore[type-arg]  # noqa: B008
    severity: list[Severity] = Query([]),  # type: ignore[type-arg]  # noqa: B008
    kind: list[Kind] = Query([]),  # type: ignore[type-arg]  # noqa: B008
    service: str = "",
    person: str = "",
    text: str = "",
    open: bool = False,  # noqa: A002
    since: Instant | None = None,
    until: Instant | None = None,
    cursor: str = "",
    limit: Limit = 50,
) -> Page[queries.IncidentRow]:
    """Incidents, newest first alarm first."""
    number, ends = 1, until
    if cursor:
        found = read(cursor, p=int, u=str, l=int)
        number, ends, limit = max(1, found["p"]), _instant(found["u"]), min(max(1, found["l"]), 100)
    # What begins while somebody turns pages would push every page on: the first page fixes the end.
    ends = ends or now()
    filters = queries.IncidentFilters(
        states=tuple(s.value for s in state),
        severities=tuple(s.value for s in severity),
        kinds=tuple(k.value for k in kind),
        service_id=service,
        person_id=person,
        text=text,
        open_only=open,
        since=since,
        until=ends,
    )
    page = queries.incidents(request.actor, filters, number, limit)
    more = {"p": number + 1, "u": ends.isoformat(), "l": limit}
    return Page(items=list(page.rows), next=written(more) if number < page.pages else "")


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@offer.post("/incidents", queries.IncidentView, needs=DECLARE, status=201)
def declare(request: ApiRequest, given: Declaration) -> queries.IncidentView:
    """Declare an incident and page for it."""
    made = commands.declare(
        request.actor,
        title=given.title,
        kind=given.kind,
        severity=given.severity,
        summary=given.summary,
        services=given.services,
        declared_at=given.declared_at,
        answers=[answer.answer() for answer in given.answers],
        restricted=given.restricted,
        page=given.page,
    )
    return queries.incident(request.actor, made)


@offer.get("/incidents/{ref}", queries.IncidentView, needs=VIEW, incident=True)
def one(request: ApiRequest, ref: str) -> queries.IncidentView:
    """One incident, by reference (INC-42) or id."""
    return versioned(request, queries.incident(request.actor, ref))


@offer.get("/incidents/{ref}/picture", queries.HubView, needs=VIEW, incident=True)
def picture(request: ApiRequest, ref: str) -> queries.HubView:
    """Everything about one incident: tasks, roles, deadlines, alerts, updates, who was paged."""
    return queries.hub(request.actor, ref)


@offer.patch("/incidents/{ref}", queries.IncidentView, needs=RESPOND, incident=True)
def change(request: ApiRequest, ref: str, given: Correction) -> queries.IncidentView:
    """Correct what was said of it; what is left out stays."""
    commands.change(request.actor, incident=ref, version=if_match(request), **given.dict(exclude_unset=True))
    return versioned(request, queries.incident(request.actor, ref))


@offer.post("/incidents/{ref}/assess", queries.IncidentView, needs=RESPOND, incident=True)
def assess(request: ApiRequest, ref: str, given: Assessment) -> queries.IncidentView:
    """Size it by the matrix, or against it with a reason."""
    commands.assess(
        request.actor,
        incident=ref,
        answers=[answer.answer() for answer in given.answers],
        severity=given.severity,
        override_reason=given.override_reason,
        version=if_match(request),
    )
    return queries.incident(request.actor, ref)


@offer.get("/incidents/{ref}/timeline", Page[queries.TimelineEntry], needs=VIEW, incident=True)
def timeline(request: ApiRequest, ref: str, cursor: str = "", limit: Limit = 50) -> Page[queries.TimelineEntry]:
    """What happened, newest first."""
    entries = queries.timeline(request.actor, ref, cursor or None, limit)
    return Page(items=entries, next=entries[-1].cursor if len(entries) == limit else "")


@offer.get("/incidents/{ref}/deadlines", Page[queries.DeadlineView], needs=VIEW, incident=True)
def deadlines(request: ApiRequest, ref: str, severity: Severity | None = None) -> Page[queries.DeadlineView]:
    """What is due; with a `severity`, what would be due by it."""
    if severity is not None:
        return Page(items=queries.what_if(request.actor, ref, severity.value))
    return Page(items=list(queries.hub(request.actor, ref).deadlines))


@offer.get("/deadlines", Page[queries.DueView], needs=VIEW)
def due(request: ApiRequest, limit: Limit = 10) -> Page[queries.DueView]:
    """What is due next in all incidents, overdue first."""
    return Page(items=queries.deadlines_due(request.actor, limit))


@offer.get("/proposals", Page[queries.ProposalView], needs=VIEW)
def proposals(request: ApiRequest, limit: Limit = 50) -> Page[queries.ProposalView]:
    """Detected incidents that nobody has confirmed or taken, worst first."""
    return Page(items=queries.proposals(request.actor, limit))


@offer.get("/mine", queries.MineView, needs=None)
def mine(request: ApiRequest) -> queries.MineView:
    """What I lead, am asked to take and have to do."""
    return queries.mine(request.actor)


@offer.post("/incidents/{ref}/split", Made, needs=RESPOND, status=201, incident=True)
def split(request: ApiRequest, ref: str, given: Split) -> Made:
    """Some alert groups or services are other trouble: they become a linked incident."""
    return Made(
        id=commands.split(
            request.actor,
            incident=ref,
            group_ids=given.group_ids,
            services=given.services,
            title=given.title,
            reason=given.reason,
        )
    )
