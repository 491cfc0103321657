"""Decisions: recorded with their why, pinned for everybody until somebody revokes them with a reason."""

from django.db import transaction

from tocsin.core.log import walk_back
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import locked, record, text
from tocsin.domain.incidents.commands.talk import words
from tocsin.domain.incidents.events import Decided, DecisionRevoked
from tocsin.domain.incidents.models import Decision, Incident, Note
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of


def decide(actor: Actor, *, incident: str, text: str, why: str = "", note: str | None = None) -> str:
    """Record a decision and pin it; returns its id. Event `incidents.decided`.

    `note`: a note of the timeline that becomes one. Raises `Conflict` when that note is pinned, or when a standing
    decision says the same already: the second of two people who press at once learns that the first was quicker.
    """
    actor.require(RESPOND)
    said, because = words(text), _why(why)
    with transaction.atomic():
        row = locked(actor, incident)
        source = _note(row, note) if note else None
        _refuse_twice(row, said, source)
        made = Decision.objects.create(incident=row, note=source, by_id=actor.person or None, at=now())
        told = Decided(author=author(actor), text=said, why=because, decision=str(made.id), note=note or "")
        record(row, told, actor)
        calling.active(row)
    return str(made.id)


def revoke_decision(actor: Actor, *, decision: str, reason: str) -> None:
    """A decision holds no more; it stays in the log and in the report, marked. Event `incidents.decision_revoked`.

    Raises `Conflict` when it was revoked already.
    """
    actor.require(RESPOND)
    because = text(reason, "reason", needed="say why it holds no more.", longest=2000)
    with transaction.atomic():
        found = Decision.objects.filter(id=id_of(decision)).first()
        if found is None:
            raise NotFound("There is no such decision.", field="decision")
        row = locked(actor, str(found.incident_id))
        found.refresh_from_db()
        if found.revoked_at is not None:
            raise Conflict("Somebody revoked this decision already.", field="decision")
        found.revoked_at, found.revoked_by_id = now(), actor.person or None
        found.save(update_fields=["revoked_at", "revoked_by"])
        told = DecisionRevoked(
            author=author(actor), decision=decision, text=_words(row).get(decision, ""), reason=because
        )
        record(row, told, actor)
        calling.active(row)


def _why(why: str) -> str:
    return text(why, "why", longest=4000)


def _note(row: Incident, note: str) -> Note:
    found = Note.objects.filter(id=id_of(note), incident=row).first()
    if found is None:
        raise NotFound("There is no such note in this incident.", field="note")
    if found.taken_back_at is not None:
        raise Conflict("This note was taken back; nothing is left to decide by it.", field="note")
    if found.audience:
        raise Invalid("note: it is for a narrower circle; write the decision for everybody yourself.", field="note")
    return found


def _refuse_twice(row: Incident, said: str, note: Note | None) -> None:
    standing = {str(d.id): d for d in Decision.objects.filter(incident=row, revoked_at=None)}
    if note is not None and any(d.note_id == note.id for d in standing.values()):
        raise Conflict("This note is pinned as a decision already.", field="note")
    if standing and said in {text for id_, text in _words(row).items() if id_ in standing}:
        raise Conflict("This decision stands already; it is pinned on top.", field="text")


def _words(row: Incident) -> dict[str, str]:
    """What each decision says, by its id, from the log. One query."""
    told = (entry.event for entry in walk_back([f"incident:{row.id}"], types=[Decided.type_name]))
    return {event.decision: event.text for event in told if isinstance(event, Decided)}
