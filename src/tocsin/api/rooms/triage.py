"""Triage: what incidents probably are, which are like them, what was learned, templates to declare from."""

from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Limit, Made, Page, page_of
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import DECLARE
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.triage import commands, queries
from tocsin.domain.triage.permissions import MANAGE, TEACH, VIEW

offer = Offer("triage")
Words = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class WantedRole(Body):
    """A role to fill: by a person, or somebody is to be found."""

    role: RoleName
    person: str = ""


class Job(Body):
    """A task. `minutes` until it is due, 0 for no time."""

    title: Line
    minutes: Annotated[int, Field(ge=0, le=86_400)] = 0


class DeclarationTemplate(Body):
    """How to declare an incident of a known sort. `services` by id."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    title: Line
    kind: Kind = Kind.DISRUPTION
    severity: Severity = Severity.UNKNOWN
    summary: Words = ""
    services: list[str] = []
    roles: list[WantedRole] = []
    tasks: list[Job] = []
    message: Words = ""


class Instead(Body):
    """What is given here takes the place of what the template says."""

    title: Annotated[str, Field(max_length=200)] = ""
    severity: Severity | None = None
    page: bool = True


class Forgetting(Body):
    """One of: an incident (its lesson), a feature (all lessons that have it)."""

    incident: str = ""
    feature: str = ""


@offer.get("/incidents/{ref}/hint", queries.HintView, needs=VIEW, incident=True)
def hint(request: ApiRequest, ref: str) -> queries.HintView:
    """What it probably is, as earlier decisions teach; `sure` only where such guesses were right often enough."""
    picture = incidents.hub(request.actor, ref)
    return queries.hints(request.actor, {"": [group.group_id for group in picture.groups]})[""]


@offer.get("/incidents/{ref}/similar", Page[queries.SimilarView], needs=VIEW, incident=True)
def similar(request: ApiRequest, ref: str) -> Page[queries.SimilarView]:
    """Incidents that are over and like it, with what mended them."""
    return Page(items=queries.similar(request.actor, ref))


@offer.get("/learned", queries.LearnedView, needs=VIEW)
def learned(request: ApiRequest) -> queries.LearnedView:
    """Everything that was learned."""
    return queries.learned(request.actor)


@offer.post("/learned/forget", Done, needs=TEACH)
def forget(request: ApiRequest, given: Forgetting) -> Done:
    """Let lessons count no more."""
    return Done(said=f"Forgot {commands.forget(request.actor, **given.dict())}.")


@offer.post("/learned/remember", Done, needs=TEACH)
def remember(request: ApiRequest, given: Forgetting) -> Done:
    """Let forgotten lessons count again."""
    return Done(said=f"Remembered {commands.remember(request.actor, **given.dict())}.")


@offer.get("/incident-templates", Page[queries.IncidentTemplateView], needs=VIEW)
def templates(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.IncidentTemplateView]:
    """All templates by name."""
    return page_of(queries.templates(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/incident-templates", Made, needs=MANAGE, status=201)
def add_template(request: ApiRequest, given: DeclarationTemplate) -> Made:
    """Add a template."""
    return Made(id=commands.save_template(request.actor, **_said(given)))  # type: ignore[arg-type]


@offer.put("/incident-templates/{template_id}", Made, needs=MANAGE)
def change_template(request: ApiRequest, template_id: str, given: DeclarationTemplate) -> Made:
    """Replace a template."""
    return Made(id=commands.save_template(request.actor, template_id=template_id, **_said(given)))  # type: ignore[arg-type]


@offer.delete("/incident-templates/{template_id}", needs=MANAGE)
def remove_template(request: ApiRequest, template_id: str) -> None:
    """Remove a template; incidents declared from it stay."""
    commands.remove_template(request.actor, template_id=template_id)


@offer.post("/incident-templates/{template_id}/declare", incidents.IncidentView, needs=DECLARE, status=201)
def declare(request: ApiRequest, template_id: str, given: Instead) -> incidents.IncidentView:
    """Declare an incident as the template says."""
    made = commands.declare_from(
        request.actor, template=template_id, title=given.title, severity=given.severity or "", page=given.page
    )
    return incidents.incident(request.actor, made)


def _said(given: DeclarationTemplate) -> dict[str, object]:
    return {
        **given.dict(exclude={"roles", "tasks"}),
        "roles": [(each.role.value, each.person) for each in given.roles],
        "tasks": [(each.title, each.minutes) for each in given.tasks],
    }
