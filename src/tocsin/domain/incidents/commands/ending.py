"""How incidents end, and how they come back: mitigate, resolve, close, reopen."""

from django.db import transaction

from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import locked, record, require_command, save, text
from tocsin.domain.incidents.commands.opening import settle
from tocsin.domain.incidents.commands.roles import remind_commander
from tocsin.domain.incidents.commands.validating import require_proof
from tocsin.domain.incidents.events import Closed, Mitigated, Reopened, Resolved, Reviewed
from tocsin.domain.incidents.models import Incident
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.states import State, Verb, move, reopen_to
from tocsin.domain.oncall.commands import How
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

_AGAIN = (DeadlineKind.MITIGATE, DeadlineKind.RESOLVE)


def mitigate(actor: Actor, *, incident: str, note: str = "", version: int | None = None) -> None:
    """The harm has stopped. Event `incidents.mitigated`; paging stops, and who was paged hears so quietly.

    Raises `Conflict` when its state forbids it.
    """
    actor.require(RESPOND)
    said = text(note, "note", longest=4000)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        row.state = move(State(row.state), Verb.MITIGATE).value
        row.mitigated_at = now()
        row.declared_at = row.declared_at or row.mitigated_at
        save(row, "state", "mitigated_at", "declared_at")
        record(row, Mitigated(author=author(actor), state=row.state, reason=said), actor)
        calling.over(row, f"{row.reference} was mitigated by {actor.name}", How.MITIGATED, actor)
        settle(row)


def resolve(
    actor: Actor,
    *,
    incident: str,
    note: str = "",
    root_cause: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """The cause is gone. Event `incidents.resolved`; paging stops, the review's clock starts. Raises `Conflict`.

    A passed `validate_fix` newer than the last bad signal must prove it; without one, `reason` says why (`Invalid`).
    """
    actor.require(RESPOND)
    said, cause = text(note, "note", longest=4000), text(root_cause, "root_cause")
    why = text(reason, "reason", longest=4000)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        row.state = move(State(row.state), Verb.RESOLVE).value
        proven = require_proof(row, why)
        row.resolved_at = now()
        row.mitigated_at = row.mitigated_at or row.resolved_at
        row.declared_at = row.declared_at or row.resolved_at
        row.root_cause = cause or row.root_cause
        row.resolved_without = "" if proven else why
        save(row, "state", "resolved_at", "mitigated_at", "declared_at", "root_cause", "resolved_without")
        done = Resolved(
            author=author(actor),
            state=row.state,
            reason=said,
            root_cause=cause,
            validation=str(proven.id) if proven else "",
            without=row.resolved_without,
        )
        record(row, done, actor)
        calling.over(row, f"{row.reference} was resolved by {actor.name}", How.RESOLVED, actor)
        settle(row)


def close(actor: Actor, *, incident: str, reason: str = "", version: int | None = None) -> None:
    """The file is closed, for who commands; a review stays due until it is held. Event `incidents.closed`."""
    actor.require(RESPOND)
    said = text(reason, "reason", longest=4000)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        require_command(actor, row, "close it")
        row.state = move(State(row.state), Verb.CLOSE).value
        row.closed_at = now()
        save(row, "state", "closed_at")
        record(row, Closed(author=author(actor), state=row.state, reason=said), actor)
        settle(row)


def mark_reviewed(actor: Actor, *, incident: str) -> None:
    """The post-incident review was held. Event `incidents.reviewed`. Raises `Conflict` before the resolve, or twice."""
    actor.require(RESPOND)
    with transaction.atomic():
        row = locked(actor, incident)
        if row.resolved_at is None or row.reviewed_at is not None:
            why = "is not resolved yet" if row.resolved_at is None else "was reviewed already"
            raise Conflict(f"{row.reference} {why}.", field="state")
        row.reviewed_at = now()
        save(row, "reviewed_at")
        record(row, Reviewed(), actor)
        timers.replan(row)


def reopen(actor: Actor, *, incident: str, reason: str) -> None:
    """It is not over. Event `incidents.reopened`; it pages again, and what was owed is owed again."""
    actor.require(RESPOND)
    said = text(reason, "reason", longest=4000)
    with transaction.atomic():
        row = locked(actor, incident)
        back(actor, row, said)


def back(actor: Actor, row: Incident, reason: str) -> None:
    """Reopen a locked row, by a person or (within its limits) by the system itself, and page again."""
    known = bool(row.declared_at or row.acknowledged_at)
    row.state = reopen_to(State(row.state), reason=reason, by_system=actor.is_system, known=known).value
    row.mitigated_at = row.resolved_at = row.closed_at = row.ended_at = None
    row.declared_at = row.declared_at or (None if row.state == State.DETECTED else now())
    row.bad_signal_at, row.resolved_without = now(), ""
    save(
        row,
        "state",
        "mitigated_at",
        "resolved_at",
        "closed_at",
        "ended_at",
        "declared_at",
        "bad_signal_at",
        "resolved_without",
    )
    record(row, Reopened(author=author(actor), state=row.state, reason=reason), actor)
    timers.owed_again(row, *_AGAIN)
    settle(row)
    remind_commander(row)
    calling.page(row, services=calling.service_ids(row))
