"""What people say in an incident: notes, corrected or taken back for a short time, and status updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tocsin.domain.incidents.commands import calling, timers
from tocsin.domain.incidents.commands.loading import locked, record, save, text
from tocsin.domain.incidents.commands.mentioning import Reached, mention
from tocsin.domain.incidents.events import (
    Noted,
    NoteEdited,
    NoteTakenBack,
    PublicCorrected,
    PublicRetracted,
    StatusUpdateSent,
)
from tocsin.domain.incidents.models import Deadline, Incident, Note, StatusUpdate
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import INFORM, WRITE
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.incidents.rules.speaking import LONGEST, may_correct
from tocsin.domain.incidents.rules.states import FINAL_STATES, State
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound
from tocsin.kernel.ids import id_of, uuid_of

AUDIENCES = ("", *(f"role:{role.value}" for role in Role))


@dataclass(frozen=True, slots=True)
class Written:
    """A note that was written: its id, who is told that it mentions them, and who is not, each in a sentence."""

    note: str
    told: tuple[str, ...]
    not_told: tuple[str, ...]


def write(actor: Actor, *, incident: str, text: str, audience: str = "") -> Written:
    """Write a note into the timeline, at any time, also when it is over. Event `incidents.noted`.

    `audience` narrows it (`role:security`). Whom it mentions (`@name`, `@role`, `@team`) and who is not in the incident
    yet is told by their contact method, at most once an hour.
    """
    actor.require(WRITE)
    said = words(text)
    if audience not in AUDIENCES:
        raise Invalid(f"audience: choose all (empty) or one of {', '.join(AUDIENCES[1:])}.", field="audience")
    with transaction.atomic():
        row = locked(actor, incident)
        note = Note.objects.create(incident=row, author_id=actor.person or None, audience=audience, at=now())
        reached = mention(actor, row, note, said)
        told = Noted(author=author(actor), text=said, note=str(note.id), mentions=reached.handles)
        record(row, told, actor, audience=audience)
        calling.active(row)
    return _written(note, reached)


def edit_note(actor: Actor, *, note: str, text: str, version: int | None = None) -> Written:
    """Correct one's own note, for fifteen minutes. Event `incidents.note_edited`; the old words stay sealed in the log.

    Raises `Conflict` when it is too late, when it was taken back, or when it was corrected since `version`.
    """
    said = words(text)
    with transaction.atomic():
        row, found = _own(actor, note, version)
        reached = mention(actor, row, found, said)
        _save(found, edited_at=now())
        told = NoteEdited(author=author(actor), note=note, text=said, mentions=reached.handles)
        record(row, told, actor, audience=found.audience)
        calling.active(row)
    return _written(found, reached)


def take_back_note(actor: Actor, *, note: str, version: int | None = None) -> None:
    """Take one's own note back, for fifteen minutes: timelines and reports show it no more.

    Event `incidents.note_taken_back`; the words stay sealed in the log. Raises `Conflict` as `edit_note` does.
    """
    with transaction.atomic():
        row, found = _own(actor, note, version)
        _save(found, taken_back_at=now())
        record(row, NoteTakenBack(author=author(actor), note=note), actor, audience=found.audience)


def words(given: str, field: str = "text") -> str:
    """What somebody typed, or `Invalid`: nothing, or more than belongs into a timeline."""
    said = given.replace("\0", "").strip()
    if len(said) > LONGEST:
        raise Invalid(
            f"{field}: at most {LONGEST:,} characters; this has {len(said):,}. "
            "Post the part that matters and attach the whole as a file.",
            field=field,
        )
    return text(said, field, needed="write something first.")


def _own(actor: Actor, note: str, version: int | None) -> tuple[Incident, Note]:
    """The locked incident and the note, while its author may still correct it."""
    actor.require(WRITE)
    found = Note.objects.filter(id=id_of(note)).first()
    if found is None:
        raise NotFound("There is no such note.", field="note")
    row = locked(actor, str(found.incident_id))
    found.refresh_from_db()
    if not actor.person or found.author_id != uuid_of(actor.person):
        raise Denied("Only who wrote a note may correct it or take it back; write another one.")
    if found.taken_back_at is not None:
        raise Conflict("You took this note back already.", field="note")
    if not may_correct(found.at, now()):
        raise Conflict("A note can be corrected for 15 minutes; write another one that puts it right.", field="note")
    if version is not None and version != found.version:
        raise Conflict("You corrected this note elsewhere in the meantime; look at it again.", field="version")
    return row, found


def _save(note: Note, **values: datetime) -> None:
    saved = Note.objects.filter(id=note.id, version=note.version).update(version=F("version") + 1, **values)
    if not saved:
        raise Conflict("You corrected this note elsewhere in the meantime; look at it again.", field="version")


def _written(note: Note, reached: Reached) -> Written:
    return Written(str(note.id), reached.told, reached.not_told)


def send_status_update(actor: Actor, *, incident: str, internal: str = "", public: str = "") -> str:
    """Say how it stands, inside, outside or both, in two texts of their own; returns the id of the update.

    Event `incidents.status_update_sent`. The promised update is met, the next one due by the cadence of the severity.
    Nothing of a restricted incident is told outside: raises `Conflict`, as when it is closed.
    """
    actor.require(INFORM)
    inside, outside = text(internal, "internal"), text(public, "public")
    if not inside and not outside:
        raise Invalid("internal: write what to tell inside, outside, or both.", field="internal")
    with transaction.atomic():
        row = locked(actor, incident)
        if State(row.state) in FINAL_STATES:
            raise Conflict(f"{row.reference} is {row.state}; reopen it to send an update.", field="state")
        if outside and row.restricted:
            raise Conflict(
                f"{row.reference} is restricted: nothing of it goes outside until the Security Lead releases it.",
                field="public",
            )
        told = _told(actor, row, inside=inside, outside=outside)
        record(row, _sent(actor, row, told), actor)
        calling.active(row)
    return str(told.id)


def told_in_public(actor: Actor, *, incident: str, public: str, state: str) -> str:
    """Note what the public status page told of an incident, where that was written first; returns the update's id.

    Event `incidents.status_update_sent`, with the page's `state`. It meets promises and begins the cadence anew as any
    update does; of an incident that is over it is only noted. Nobody is told again.
    """
    actor.require(INFORM)
    with transaction.atomic():
        row = locked(actor, incident)
        told = _told(actor, row, outside=text(public, "public"))
        record(row, _sent(actor, row, told, published=state), actor)
        if actor.person:
            calling.active(row)
    return str(told.id)


def corrected_in_public(actor: Actor, *, incident: str, fields: Sequence[str], text: str) -> None:
    """Note what was corrected of it on the public status page. Event `incidents.public_corrected`."""
    actor.require(INFORM)
    with transaction.atomic():
        row = locked(actor, incident)
        record(row, PublicCorrected(author=author(actor), fields=tuple(fields), text=text), actor)


def retracted_in_public(actor: Actor, *, incident: str, title: str, reason: str) -> None:
    """Note that it was taken off the public status page, and why. Event `incidents.public_retracted`.

    What was told stays told: promises that it met stay met, and the next public update is still owed.
    """
    actor.require(INFORM)
    with transaction.atomic():
        row = locked(actor, incident)
        record(row, PublicRetracted(author=author(actor), title=title, reason=reason), actor)


def _told(actor: Actor, row: Incident, *, inside: str = "", outside: str = "") -> StatusUpdate:
    told = StatusUpdate.objects.create(
        incident=row, internal=inside, public=outside, author_id=actor.person or None, at=now()
    )
    if State(row.state) not in FINAL_STATES:
        _keep_promises(row, told)
    return told


def _keep_promises(row: Incident, told: StatusUpdate) -> None:
    """The cadence starts anew with what was told; the first public text is also the first public post."""
    fields = []
    if told.internal:
        timers.met(row, DeadlineKind.INTERNAL_UPDATE)
        row.internal_update_at = told.at
        fields.append("internal_update_at")
    if told.public:
        timers.met(row, DeadlineKind.PUBLIC_UPDATE)
        row.public_update_at = told.at
        fields.append("public_update_at")
        if row.public_post_at is None:
            row.public_post_at = told.at
            fields.append("public_post_at")
        if not row.visible_to_users:
            row.visible_to_users = True
            fields.append("visible_to_users")
    save(row, *fields)
    timers.replan(row)


def _sent(actor: Actor, row: Incident, told: StatusUpdate, published: str = "") -> StatusUpdateSent:
    return StatusUpdateSent(
        author=author(actor),
        update=str(told.id),
        internal=told.internal,
        public=told.public,
        next_internal_at=_due(row, DeadlineKind.INTERNAL_UPDATE),
        next_public_at=_due(row, DeadlineKind.PUBLIC_UPDATE),
        published=published,
    )


def _due(row: Incident, kind: DeadlineKind) -> datetime | None:
    found = Deadline.objects.filter(incident=row, kind=kind.value, met_at=None).order_by("due_at").first()
    return found.due_at if found else None
