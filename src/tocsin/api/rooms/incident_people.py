"""Who works on an incident and what they do: the response team, roles, tasks, members, kept teams."""

from typing import Annotated, Literal

from pydantic import Field

from tocsin.api.door import ApiRequest, if_match
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Made, Page
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import COMMAND, MANAGE, RESPOND, VIEW, WRITE
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity

offer = Offer("incident people")
Words = Annotated[str, Field(max_length=20_000)]
Slug = Annotated[str, Field(min_length=1, max_length=40)]


class Team(Body):
    """People, teams and schedules by id; `template` is a kept response team. `without` are people to leave out, `roles`
    say by role who is wanted for it, `instead_of` is someone who declined.
    """

    people: list[str] = []
    teams: list[str] = []
    schedules: list[str] = []
    template: str | None = None
    message: Annotated[str, Field(max_length=2000)] = ""
    without: list[str] = []
    roles: dict[Slug, str] = {}
    instead_of: str = ""


class TeamChoice(Body):
    """People, teams and schedules by id; `template` is a kept response team."""

    people: list[str] = []
    teams: list[str] = []
    schedules: list[str] = []
    template: str | None = None


class CallDeclined(Body):
    """Why not, and from when one can come (within 24 hours)."""

    reason: Annotated[str, Field(max_length=1000)] = ""
    come_at: Instant | None = None


class StandDown(Body):
    """People by id; null is the whole team. `note` is told to them."""

    people: list[str] | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class Holder(Body):
    """A role and a person."""

    role: Slug
    person: str


class RoleHandOver(Body):
    """A role, to whom, and a word to them."""

    role: Slug
    to: str
    note: Words = ""


class RoleOnly(Body):
    """A role."""

    role: Slug


class RoleDeclined(Body):
    """A role, and why not."""

    role: Slug
    reason: Words = ""


class DutyKind(Body):
    """Something to do within so many minutes of taking the role."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    minutes: Annotated[int, Field(ge=1, le=10080)]


class RoleKind(Body):
    """What a role asks for."""

    skills: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=30)] = []
    duties: Annotated[list[DutyKind], Field(max_length=20)] = []


class Tick(Body):
    """Done, or not done after all."""

    done: bool = True


class Task(Body):
    """Something to do."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    owner: str | None = None
    due_at: Instant | None = None


class TaskChange(Body):
    """What is left out stays; `owner` or `due_at` null takes it away."""

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    owner: str | None = None
    due_at: Instant | None = None
    state: Literal["open", "done", "dropped"] | None = None


class Member(Body):
    """A person."""

    person: str


class TeamTemplate(Body):
    """A kept response team. An empty kind or no severities suit every incident; `roles` are to be filled."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Kind | Literal[""] = ""
    severities: list[Severity] = []
    people: list[str] = []
    teams: list[str] = []
    schedules: list[str] = []
    roles: list[Slug] = []


@offer.post("/incidents/{ref}/response-team", list[str], needs=RESPOND, incident=True)
def activate(request: ApiRequest, ref: str, given: Team) -> list[str]:
    """Activate Response Team: call them; the answer is who was asked."""
    return commands.activate_response_team(request.actor, incident=ref, **given.dict())


@offer.post("/incidents/{ref}/response-team/preview", queries.TeamPreview, needs=VIEW, incident=True)
def preview(request: ApiRequest, ref: str, given: TeamChoice) -> queries.TeamPreview:
    """Exactly who would be called and how; nobody is."""
    return queries.team_preview(request.actor, ref, **given.dict())


@offer.get("/incidents/{ref}/response-team", queries.BoardView, needs=VIEW, incident=True)
def board(request: ApiRequest, ref: str) -> queries.BoardView:
    """Everyone who was called or came: each message, the answer, what happens next, the time worked."""
    return queries.response_board(request.actor, ref)


@offer.post("/incidents/{ref}/response-team/join", Done, needs=RESPOND, incident=True)
def join(request: ApiRequest, ref: str) -> Done:
    """Work on it from now on; whoever was called may, whatever their roles."""
    return Done(said=commands.join(request.actor, incident=ref, via="the API"))


@offer.post("/incidents/{ref}/response-team/decline", Done, needs=None, incident=True)
def decline_call(request: ApiRequest, ref: str, given: CallDeclined) -> Done:
    """I was called and cannot come, or only later."""
    commands.decline(request.actor, incident=ref, reason=given.reason, come_at=given.come_at, via="the API")
    return Done(said="Declined.")


@offer.post("/incidents/{ref}/response-team/stand-down", list[str], needs=RESPOND, incident=True)
def stand_down(request: ApiRequest, ref: str, given: StandDown) -> list[str]:
    """End the work of people on it; the answer is whose work ended."""
    return commands.stand_down(request.actor, incident=ref, people=given.people, note=given.note)


@offer.post("/incidents/{ref}/response-team/page-again", Done, needs=RESPOND, incident=True)
def page_again(request: ApiRequest, ref: str, given: Member) -> Done:
    """Page once more someone who was called and has not come."""
    commands.page_again(request.actor, incident=ref, person=given.person)
    return Done(said="Paged again.")


@offer.get("/incidents/{ref}/roles", list[queries.RoleView], needs=VIEW, incident=True)
def roles(request: ApiRequest, ref: str) -> list[queries.RoleView]:
    """Who holds which role, and who was asked to take one."""
    found = queries.hub(request.actor, ref)
    return [*found.roles, *found.offers]


@offer.get("/incidents/{ref}/roles/suggestions", dict[str, list[queries.PersonRef]], needs=VIEW, incident=True)
def suggestions(request: ApiRequest, ref: str) -> dict[str, list[queries.PersonRef]]:
    """For each role that is needed and not held: who might take it."""
    return queries.suggest_roles(request.actor, ref)


@offer.post("/incidents/{ref}/roles", Done, needs=COMMAND, incident=True)
def assign(request: ApiRequest, ref: str, given: Holder) -> Done:
    """Give a role: to oneself at once, to another as an offer."""
    commands.assign_role(request.actor, incident=ref, role=given.role, person=given.person, version=if_match(request))
    return Done(said="Given, or offered.")


@offer.post("/incidents/{ref}/roles/hand-over", Done, needs=WRITE, incident=True)
def hand_over(request: ApiRequest, ref: str, given: RoleHandOver) -> Done:
    """Ask someone to take over a role; it changes hands when they accept."""
    commands.hand_over(request.actor, incident=ref, role=given.role, to=given.to, note=given.note)
    return Done(said="Offered.")


@offer.post("/incidents/{ref}/roles/accept", Done, needs=None, incident=True)
def accept(request: ApiRequest, ref: str, given: RoleOnly) -> Done:
    """Take the role one was asked to take."""
    commands.accept_role(request.actor, incident=ref, role=given.role)
    return Done(said="Taken.")


@offer.post("/incidents/{ref}/roles/decline", Done, needs=None, incident=True)
def decline(request: ApiRequest, ref: str, given: RoleDeclined) -> Done:
    """Refuse an offer, or take back one's own."""
    commands.decline_role(request.actor, incident=ref, role=given.role, reason=given.reason)
    return Done(said="Declined.")


@offer.post("/incidents/{ref}/roles/end", Done, needs=None, incident=True)
def end(request: ApiRequest, ref: str, given: RoleOnly) -> Done:
    """Nobody holds the role from now on."""
    commands.end_role(request.actor, incident=ref, role=given.role)
    return Done(said="Ended.")


@offer.get("/incidents/{ref}/roles/matrix", queries.MatrixView, needs=VIEW, incident=True)
def matrix(request: ApiRequest, ref: str) -> queries.MatrixView:
    """Every role with holder, offer, warnings, duties and who suits it and why; everyone who might take one."""
    return queries.role_matrix(request.actor, ref)


@offer.post("/duties/{duty}", Done, needs=WRITE)
def tick_duty(request: ApiRequest, duty: str, given: Tick) -> Done:
    """Tick a standing duty, or take the tick back."""
    commands.tick_duty(request.actor, duty=duty, done=given.done)
    return Done(said="Kept.")


@offer.get("/incident-roles", Page[queries.RoleKindView], needs=VIEW)
def role_kinds(request: ApiRequest) -> Page[queries.RoleKindView]:
    """What every role asks for."""
    return Page(items=queries.role_kinds(request.actor))


@offer.put("/incident-roles/{role}", Made, needs=MANAGE)
def save_role(request: ApiRequest, role: str, given: RoleKind) -> Made:
    """Say what a role asks for; an unknown slug is a role of its own."""
    return Made(id=commands.save_role(request.actor, role=role, **given.dict()))


@offer.delete("/incident-roles/{role}", needs=MANAGE)
def remove_role(request: ApiRequest, role: str) -> None:
    """As it came, or no longer offered when it is of one's own."""
    commands.remove_role(request.actor, role=role)


@offer.get("/incidents/{ref}/tasks", list[queries.TaskView], needs=VIEW, incident=True)
def tasks(request: ApiRequest, ref: str) -> list[queries.TaskView]:
    """What is to do and what was done."""
    return list(queries.hub(request.actor, ref).tasks)


@offer.post("/incidents/{ref}/tasks", Made, needs=WRITE, status=201, incident=True)
def add_task(request: ApiRequest, ref: str, given: Task) -> Made:
    """Write down something to do."""
    return Made(
        id=commands.add_task(request.actor, incident=ref, title=given.title, owner=given.owner, due_at=given.due_at)
    )


@offer.patch("/tasks/{task}", Done, needs=WRITE)
def change_task(request: ApiRequest, task: str, given: TaskChange) -> Done:
    """Do, drop, reopen, rename, give away or move a task."""
    said = given.dict(exclude_unset=True)
    kept = {name: commands.KEEP for name in ("owner", "due_at") if name not in said}
    commands.change_task(request.actor, task=task, version=if_match(request), **{**said, **kept})
    return Done(said="Changed.")


@offer.get("/incidents/{ref}/members", list[queries.MemberView], needs=VIEW, incident=True)
def members(request: ApiRequest, ref: str) -> list[queries.MemberView]:
    """Who was let into a restricted incident."""
    return list(queries.hub(request.actor, ref).members)


@offer.post("/incidents/{ref}/members", Done, needs=RESPOND, incident=True)
def add_member(request: ApiRequest, ref: str, given: Member) -> Done:
    """Let a person see the restricted incident."""
    commands.add_member(request.actor, incident=ref, person=given.person)
    return Done(said="Let in.")


@offer.delete("/incidents/{ref}/members/{person}", needs=RESPOND)
def remove_member(request: ApiRequest, ref: str, person: str) -> None:
    """Take that away."""
    commands.remove_member(request.actor, incident=ref, person=person)


@offer.get("/response-teams", Page[queries.TeamTemplateView], needs=VIEW)
def templates(
    request: ApiRequest, kind: Kind | None = None, severity: Severity | None = None
) -> Page[queries.TeamTemplateView]:
    """Kept response teams by name; with a kind or severity those that suit, the closest first."""
    found = queries.team_templates(request.actor, kind.value if kind else "", severity.value if severity else "")
    return Page(items=found)


@offer.post("/response-teams", Made, needs=MANAGE, status=201)
def add_template(request: ApiRequest, given: TeamTemplate) -> Made:
    """Keep people and teams to be called together."""
    return Made(id=commands.save_team_template(request.actor, **given.dict()))


@offer.put("/response-teams/{template}", Made, needs=MANAGE)
def save_template(request: ApiRequest, template: str, given: TeamTemplate) -> Made:
    """Replace a kept response team."""
    return Made(id=commands.save_team_template(request.actor, template=template, **given.dict()))


@offer.delete("/response-teams/{template}", needs=MANAGE)
def remove_template(request: ApiRequest, template: str) -> None:
    """Remove a kept response team."""
    commands.remove_team_template(request.actor, template=template)
