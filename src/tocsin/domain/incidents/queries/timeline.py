"""What happened, newest first: the incident's stream, those of its alert groups, those of incidents merged into it.

Hides which streams these are. Every entry is shown only to those who may see its stream and its audience; cursors
are sealed, so that gaps betray nothing about hidden entries.
"""

from itertools import islice

from django.utils.crypto import salted_hmac

from tocsin.core.log import Event, Recorded, walk_back
from tocsin.core.secrets.sealing import SealBroken, keys_once, open_sealed, seal
from tocsin.core.visibility import visible, within
from tocsin.domain.incidents.access import seen_by
from tocsin.domain.incidents.candidates import candidates
from tocsin.domain.incidents.events import Decided, DecisionRevoked, Noted
from tocsin.domain.incidents.models import Decision, Incident, IncidentGroup, Note
from tocsin.domain.incidents.queries.single import Ref, Sight, load
from tocsin.domain.incidents.rules.mentions import handle_of
from tocsin.domain.incidents.rules.speaking import CORRECTABLE, may_correct
from tocsin.domain.incidents.saying import CORRECTIONS, Correction, as_it_stands, corrections
from tocsin.domain.incidents.views import DecisionView, Mentionable, NoteView, TimelineEntry
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of

_SCOPE = "incidents.timeline"


def streams_of(actor: Actor, ref_or_id: Ref) -> list[str]:
    """Names of the streams that make up the timeline and that the actor may see. Five queries at most."""
    return _streams(actor, ref_or_id)


def timeline(actor: Actor, ref_or_id: Ref, before: str | None = None, limit: int = 50) -> list[TimelineEntry]:
    """Entries, newest first; `before` is the `cursor` of the last one shown. Raises `Invalid` for a broken cursor.

    A corrected note stands where it was written, in its last words; one that was taken back does not stand at all.
    Seven queries, and one for each person who wrote something (it is sealed under its author).
    """
    streams = _streams(actor, ref_or_id)
    with keys_once():
        known = corrections(walk_back(streams, types=CORRECTIONS))
        entries = walk_back(streams, before=_opened(before) if before else None, limit=limit)
        seen = as_it_stands((e for e in entries if within(actor, e.audience)), known)
        return [_shown(entry, known) for entry in islice(seen, limit)]


def decisions(actor: Actor, ref_or_id: Ref) -> list[DecisionView]:
    """Every decision, those that stand first, newest first. Six queries, and one for each person who decided."""
    streams = _streams(actor, ref_or_id)
    with keys_once():
        entries = list(islice(walk_back(streams, types=[Decided.type_name, DecisionRevoked.type_name]), 500))
    ended = {e.event.decision: e for e in entries if isinstance(e.event, DecisionRevoked)}
    found = [_decision(e, ended) for e in entries if isinstance(e.event, Decided) and within(actor, e.audience)]
    return sorted(found, key=lambda each: each.revoked_at is not None)


def note(actor: Actor, ref_or_id: Ref, note_id: str) -> NoteView:
    """One note as it stands. Six queries. Raises `NotFound`, also when it was taken back or is not for the reader."""
    row = load(actor, ref_or_id)
    found = Note.objects.filter(id=id_of(note_id), incident=row, taken_back_at=None).first()
    if found is None or not within(actor, found.audience):
        raise NotFound("There is no such note in this incident; its author may have taken it back.", field="note")
    stream = [f"incident:{row.id}"]
    with keys_once():
        known = corrections(walk_back(stream, types=CORRECTIONS))
        written = (e for e in walk_back(stream, types=[Noted.type_name]) if getattr(e.event, "note", "") == note_id)
        entry = next(as_it_stands(written, known), None)
    if entry is None:
        raise NotFound("There is no such note in this incident.", field="note")
    mine = bool(actor.person) and str(found.author_id) == actor.person
    return NoteView(
        id=note_id,
        at=found.at,
        author_name=entry.actor_name,
        text=entry.event.body(),
        mine=mine,
        correctable_until=found.at + CORRECTABLE if mine and may_correct(found.at, now()) else None,
        version=found.version,
        pinned=Decision.objects.filter(note=found, revoked_at=None).exists(),
    )


def mentionables(actor: Actor, ref_or_id: Ref, begins: str = "", limit: int = 20) -> list[Mentionable]:
    """Whom one may mention here, those whose handle or name begins so; never who may not see it. Seven queries."""
    row = load(actor, ref_or_id)
    wanted = handle_of(begins)
    found = [each for each in candidates(row) if not each.why_not]
    hits = [each for each in found if f"-{wanted}" in f"-{each.handle}-{handle_of(each.words)}"]
    hits.sort(key=lambda each: not each.handle.startswith(wanted))
    return [Mentionable(each.handle, each.words, each.kind) for each in hits[:limit]]


def _decision(entry: Recorded[Event], ended: dict[str, Recorded[Event]]) -> DecisionView:
    said = entry.event
    assert isinstance(said, Decided)
    end = ended.get(said.decision) if said.decision else None
    return DecisionView(
        id=said.decision,
        at=entry.occurred_at,
        by=entry.actor_name,
        text=said.text,
        why=said.why,
        note=said.note,
        revoked_at=end.occurred_at if end else None,
        revoked_by=end.actor_name if end else "",
        reason=end.event.reason if end and isinstance(end.event, DecisionRevoked) else "",
    )


def _streams(actor: Actor, ref: Ref) -> list[str]:
    if isinstance(ref, Sight) and ref.actor == actor:
        ref.streams = ref.streams or _found(actor, ref.incident)
        return ref.streams
    return _found(actor, load(actor, ref))


def _found(actor: Actor, row: Incident) -> list[str]:
    merged = list(seen_by(actor, Incident.objects.filter(merged_into=row)).values_list("id", flat=True))
    ids = [row.id, *merged]
    groups = IncidentGroup.objects.filter(incident__in=ids).values_list("group_id", flat=True)
    found = {f"alert_group:{id_}" for id_ in groups}
    return [*(f"incident:{id_}" for id_ in ids), *sorted(visible(actor, found) if found else ())]


def _shown(entry: Recorded[Event], known: dict[str, Correction]) -> TimelineEntry:
    event = entry.event
    note = event.note if isinstance(event, Noted) else ""
    kind, _, person = entry.actor_id.partition(":")
    about, _, subject_id = entry.stream.partition(":")
    return TimelineEntry(
        cursor=seal(str(entry.id), _SCOPE),
        key=salted_hmac(_SCOPE, str(entry.id)).hexdigest()[:20],
        at=entry.occurred_at,
        mark=type(entry.event).mark,
        actor_name=entry.actor_name,
        person_id=person if kind == "person" else "",
        sentence=entry.event.sentence(),
        body=entry.event.body(),
        type=entry.type,
        stream_kind=about,
        note=note,
        mentions=event.mentions if isinstance(event, Noted) else (),
        edited_at=known[note].at if note in known else None,
        group=subject_id if about == "alert_group" else "",
    )


def _opened(cursor: str) -> int:
    try:
        return int(open_sealed(cursor, _SCOPE))
    except (SealBroken, ValueError) as error:
        raise Invalid("before: this is not a place in the timeline; start at its end.", field="before") from error
