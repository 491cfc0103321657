"""What moves an incident through its states: take it, confirm, mitigate, validate, resolve, close, reopen, merge."""

from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest, if_match
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Made, Page
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import INFORM, RELEASE, RESPOND, RESTRICT, VIEW, WRITE
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity

offer = Offer("incident moves")
Words = Annotated[str, Field(max_length=20_000)]
View = queries.IncidentView


class Reason(Body):
    """Why."""

    reason: Words = ""


class MoveNote(Body):
    """What was done."""

    note: Words = ""


class Confirmation(Body):
    """Another severity than proposed needs a reason."""

    kind: Kind | None = None
    severity: Severity | None = None
    reason: Words = ""
    declared_at: Instant | None = None


class Resolution(Body):
    """What ended it. Without a passed validation newer than the last bad signal, `reason` says why."""

    note: Words = ""
    root_cause: Words = ""
    reason: Words = ""


class Merge(Body):
    """The incident that goes on, by reference or id."""

    into: str
    reason: Words = ""


class Text(Body):
    """What a person writes. `audience`: empty for all, or a narrower circle such as `role:security`."""

    text: Words
    audience: str = ""


class NoteText(Body):
    """A note in other words."""

    text: Words


class Decision(Body):
    """What was decided and why. `note`: a note of the timeline that becomes the decision."""

    text: Words
    why: Annotated[str, Field(max_length=4000)] = ""
    note: str | None = None


class Written(Body):
    """The id of the note, who is told that it mentions them, and sentences about who is not."""

    id: str
    told: list[str]
    not_told: list[str]


class Update(Body):
    """Two texts of their own: for staff, and for users. One may be empty."""

    internal: Words = ""
    public: Words = ""


@offer.post("/incidents/{ref}/acknowledge", Done, needs=RESPOND, incident=True)
def acknowledge(request: ApiRequest, ref: str) -> Done:
    """Take it: paging stops. The answer says who has it."""
    return Done(said=commands.acknowledge(request.actor, incident=ref, via="api"))


@offer.post("/incidents/{ref}/confirm", View, needs=RESPOND, incident=True)
def confirm(request: ApiRequest, ref: str, given: Confirmation) -> View:
    """A proposed incident is one."""
    commands.confirm(request.actor, incident=ref, version=if_match(request), **given.dict())
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/dismiss", View, needs=RESPOND, incident=True)
def dismiss(request: ApiRequest, ref: str, given: Reason) -> View:
    """It is no incident."""
    commands.dismiss(request.actor, incident=ref, reason=given.reason, version=if_match(request))
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/mitigate", View, needs=RESPOND, incident=True)
def mitigate(request: ApiRequest, ref: str, given: MoveNote) -> View:
    """The harm has stopped."""
    commands.mitigate(request.actor, incident=ref, note=given.note, version=if_match(request))
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/validate-fix", queries.ValidationView, needs=RESPOND, incident=True)
def validate_fix(request: ApiRequest, ref: str) -> queries.ValidationView:
    """Ask alerts and checks whether the fix holds."""
    return commands.validate_fix(request.actor, incident_id=ref)


@offer.post("/incidents/{ref}/resolve", View, needs=RESPOND, incident=True)
def resolve(request: ApiRequest, ref: str, given: Resolution) -> View:
    """The cause is gone."""
    commands.resolve(request.actor, incident=ref, version=if_match(request), **given.dict())
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/close", View, needs=RESPOND, incident=True)
def close(request: ApiRequest, ref: str, given: Reason) -> View:
    """The file is closed, by who commands; a review stays due until it is held."""
    commands.close(request.actor, incident=ref, reason=given.reason, version=if_match(request))
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/reviewed", View, needs=RESPOND, incident=True)
def reviewed(request: ApiRequest, ref: str) -> View:
    """The post-incident review was held."""
    commands.mark_reviewed(request.actor, incident=ref)
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/reopen", View, needs=RESPOND, incident=True)
def reopen(request: ApiRequest, ref: str, given: Reason) -> View:
    """It is not over; it pages again."""
    commands.reopen(request.actor, incident=ref, reason=given.reason)
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/merge", View, needs=RESPOND, incident=True)
def merge(request: ApiRequest, ref: str, given: Merge) -> View:
    """It is the same trouble as another; the answer is the one that goes on."""
    commands.merge(request.actor, incident=ref, into=given.into, reason=given.reason, version=if_match(request))
    return queries.incident(request.actor, given.into)


@offer.post("/incidents/{ref}/unmerge", View, needs=RESPOND, incident=True)
def unmerge(request: ApiRequest, ref: str, given: Reason) -> View:
    """The merge was a mistake: it is an incident of its own again, and pages."""
    commands.unmerge(request.actor, incident=ref, reason=given.reason)
    return queries.incident(request.actor, ref)


@offer.post("/incidents/{ref}/restrict", Done, needs=RESTRICT, incident=True)
def restrict(request: ApiRequest, ref: str, given: Reason) -> Done:
    """Hide it from all but its members, role holders and the Security role."""
    commands.restrict(request.actor, incident=ref, reason=given.reason)
    return Done(said="Restricted.")


@offer.post("/incidents/{ref}/release", Done, needs=RELEASE, incident=True)
def release(request: ApiRequest, ref: str, given: Reason) -> Done:
    """Show it to all staff: the Security Lead's."""
    commands.release(request.actor, incident=ref, reason=given.reason)
    return Done(said="Open to all staff.")


@offer.post("/incidents/{ref}/notes", Written, needs=WRITE, status=201, incident=True)
def write(request: ApiRequest, ref: str, given: Text) -> Written:
    """Write into the timeline. `@name`, `@role` and `@team` tell those who are not in the incident yet."""
    return _written(commands.write(request.actor, incident=ref, text=given.text, audience=given.audience))


@offer.get("/incidents/{ref}/mentionable", list[queries.Mentionable], needs=VIEW, incident=True)
def mentionable(
    request: ApiRequest, ref: str, q: Annotated[str, Field(max_length=80)] = ""
) -> list[queries.Mentionable]:
    """Whom a note may mention, those whose handle or name begins so."""
    return queries.mentionables(request.actor, ref, q)


@offer.patch("/notes/{note}", Written, needs=WRITE)
def edit_note(request: ApiRequest, note: str, given: NoteText) -> Written:
    """Correct one's own note, for fifteen minutes."""
    return _written(commands.edit_note(request.actor, note=note, text=given.text, version=if_match(request)))


@offer.delete("/notes/{note}", needs=WRITE)
def take_back_note(request: ApiRequest, note: str) -> None:
    """Take one's own note back, for fifteen minutes."""
    commands.take_back_note(request.actor, note=note, version=if_match(request))


def _written(made: commands.Written) -> Written:
    return Written(id=made.note, told=list(made.told), not_told=list(made.not_told))


@offer.get("/incidents/{ref}/decisions", Page[queries.DecisionView], needs=VIEW, incident=True)
def decisions(request: ApiRequest, ref: str) -> Page[queries.DecisionView]:
    """Every decision, those that stand first, newest first."""
    return Page(items=queries.decisions(request.actor, ref))


@offer.post("/incidents/{ref}/decisions", Made, needs=RESPOND, status=201, incident=True)
def decide(request: ApiRequest, ref: str, given: Decision) -> Made:
    """Record a decision and pin it."""
    return Made(id=commands.decide(request.actor, incident=ref, text=given.text, why=given.why, note=given.note))


@offer.post("/decisions/{decision}/revoke", Done, needs=RESPOND)
def revoke_decision(request: ApiRequest, decision: str, given: Reason) -> Done:
    """A decision holds no more."""
    commands.revoke_decision(request.actor, decision=decision, reason=given.reason)
    return Done(said="Revoked.")


@offer.post("/incidents/{ref}/status-updates", Made, needs=INFORM, status=201, incident=True)
def send_status_update(request: ApiRequest, ref: str, given: Update) -> Made:
    """Say how it stands, inside, outside or both."""
    made = commands.send_status_update(request.actor, incident=ref, internal=given.internal, public=given.public)
    return Made(id=made)


@offer.get("/incidents/{ref}/validations", list[queries.ValidationView], needs=VIEW, incident=True)
def validations(request: ApiRequest, ref: str) -> list[queries.ValidationView]:
    """When it was asked whether the fix holds, and what the signals said."""
    return list(queries.validations(request.actor, ref))
