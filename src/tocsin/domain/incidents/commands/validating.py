"""Is the cause gone, and by what: validate the fix, link the changes that caused or mended it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import choice, locked, record, text
from tocsin.domain.incidents.events import ChangeLinked, ChangeUnlinked, FixValidated
from tocsin.domain.incidents.evidence import gates_of
from tocsin.domain.incidents.models import Incident, LinkedChange, Validation
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.proven import people_of, validation_view
from tocsin.domain.incidents.rules import validating as rules
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.domain.incidents.views import ValidationView
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, uuid_of

PARTS = ("cause", "fix", "other")
LINKED_WITHIN = timedelta(days=30)


def validate_fix(actor: Actor, *, incident_id: str) -> ValidationView:
    """Ask the signals whether the fix holds, and keep the answer. Event `incidents.fix_validated`.

    Passed only when something was proven (its alerts resolved, checks of its services green) and nothing speaks
    against it. Raises `Conflict` once the incident is closed, dismissed or merged.
    """
    actor.require(RESPOND)
    with transaction.atomic():
        row = locked(actor, incident_id)
        if State(row.state) not in OPEN_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to validate its fix.", field="state")
        gates = gates_of(row)
        kept = Validation.objects.create(
            incident=row,
            at=now(),
            by_id=actor.person or None,
            passed=rules.passed(gates),
            gates=[{"key": g.key, "label": g.label, "state": g.state.value, "facts": list(g.facts)} for g in gates],
        )
        told = FixValidated(
            validation=str(kept.id),
            passed=kept.passed,
            gates=tuple(f"{gate.label}: {gate.state.value}" for gate in gates),
            facts=tuple(fact for gate in gates for fact in gate.facts),
        )
        record(row, told, actor)
        calling.active(row)
    return validation_view(kept, people_of([kept.by_id]), row.bad_signal_at)


def proof(row: Incident) -> Validation | None:
    """The validation that proves the fix of a locked row now, if there is one: the last one, passed, with nothing bad
    heard since and nothing bad to be seen at this moment.
    """
    last = Validation.objects.filter(incident=row).order_by("-at", "-id").first()
    if last is None or not rules.stands(has_passed=last.passed, at=last.at, bad_signal_at=row.bad_signal_at):
        return None
    return last if rules.passed(gates_of(row)) else None


def require_proof(row: Incident, reason: str) -> Validation | None:
    """The proof, or None with a reason to do without. Raises `Invalid` that says what speaks against it."""
    found = proof(row)
    if found is None and not reason:
        against = rules.objection(gates_of(row)) or "Nobody has validated the fix since the last bad signal."
        raise Invalid(f"reason: {against} Validate the fix, or say why it is resolved without.", field="reason")
    return found


def link_change(
    actor: Actor,
    *,
    incident: str,
    change_id: str = "",
    summary: str = "",
    url: str = "",
    part: str = "other",
    happened_at: datetime | None = None,
) -> str:
    """Name a change as the cause, the fix or worth knowing; one that came in by itself, or one typed by hand.

    Event `incidents.change_linked`; returns the id of the link. Raises `Invalid`, `Conflict` when linked already.
    """
    actor.require(RESPOND)
    role = choice(part, PARTS, "part")
    link = _from_intake(change_id) if change_id else _by_hand(summary, url, happened_at)
    with transaction.atomic():
        row = locked(actor, incident)
        if link.change_id and LinkedChange.objects.filter(incident=row, change_id=link.change_id).exists():
            raise Conflict("This change is linked already.", field="change_id")
        link.incident, link.part, link.linked_at = row, role, now()
        link.linked_by_id = uuid_of(actor.person) if actor.person else None
        link.save()
        record(row, ChangeLinked(**_facts(actor, link)), actor)
        calling.active(row)
    return str(link.id)


def unlink_change(actor: Actor, *, link: str) -> None:
    """Take a link away. Event `incidents.change_unlinked`. Raises `NotFound`."""
    actor.require(RESPOND)
    with transaction.atomic():
        found = LinkedChange.objects.filter(id=id_of(link)).first()
        if found is None:
            raise NotFound("There is no such link; somebody may have taken it away.", field="link")
        row = locked(actor, str(found.incident_id))
        record(row, ChangeUnlinked(**_facts(actor, found)), actor)
        found.delete()


def _from_intake(change_id: str) -> LinkedChange:
    recent = alerts.changes(TOCSIN, since=now() - LINKED_WITHIN, limit=1000)
    found = next((change for change in recent if change.id == change_id), None)
    if found is None:
        raise NotFound("There is no such change of the last 30 days; write it down by hand.", field="change_id")
    url = next((str(link[1]) for link in found.links if len(link) > 1), "")
    return LinkedChange(
        change_id=uuid_of(found.id),
        summary=found.summary[:300],
        source=(found.source or found.integration)[:200],
        url=_address(url),
        happened_at=found.happened_at,
    )


def _by_hand(summary: str, url: str, happened_at: datetime | None) -> LinkedChange:
    what = text(summary, "summary", needed="say what was changed.", longest=300)
    where = text(url, "url", longest=2000)
    if where and not _address(where):
        raise Invalid("url: write an address that begins with https:// or http://.", field="url")
    if happened_at is not None and happened_at > now():
        raise Invalid("happened_at: a change that is still to come cannot be linked.", field="happened_at")
    return LinkedChange(summary=what, url=where, happened_at=happened_at or now())


def _address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _facts(actor: Actor, link: LinkedChange) -> dict[str, Any]:
    return {
        "author": author(actor),
        "change": str(link.change_id or link.id),
        "summary": link.summary,
        "part": link.part,
        "happened_at": link.happened_at,
    }
