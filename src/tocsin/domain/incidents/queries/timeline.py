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
from tocsin.domain.incidents.events import Decided
from tocsin.domain.incidents.models import Incident, IncidentGroup
from tocsin.domain.incidents.queries.single import load
from tocsin.domain.incidents.views import TimelineEntry
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid

_SCOPE = "incidents.timeline"


def streams_of(actor: Actor, ref_or_id: str) -> list[str]:
    """Names of the streams that make up the timeline and that the actor may see. Five queries at most."""
    return _streams(actor, load(actor, ref_or_id))


def timeline(actor: Actor, ref_or_id: str, before: str | None = None, limit: int = 50) -> list[TimelineEntry]:
    """Entries, newest first; `before` is the `cursor` of the last one shown. Raises `Invalid` for a broken cursor.

    Six queries, and one for each person who wrote something (it is sealed under its author).
    """
    streams = _streams(actor, load(actor, ref_or_id))
    with keys_once():
        entries = walk_back(streams, before=_opened(before) if before else None, limit=limit)
        return [_shown(entry) for entry in islice((e for e in entries if within(actor, e.audience)), limit)]


def decisions(actor: Actor, ref_or_id: str) -> list[TimelineEntry]:
    """Every decision, newest first."""
    streams = _streams(actor, load(actor, ref_or_id))
    entries = walk_back(streams, types=[Decided.type_name])
    return [_shown(entry) for entry in islice((e for e in entries if within(actor, e.audience)), 500)]


def _streams(actor: Actor, row: Incident) -> list[str]:
    merged = list(seen_by(actor, Incident.objects.filter(merged_into=row)).values_list("id", flat=True))
    ids = [row.id, *merged]
    groups = IncidentGroup.objects.filter(incident__in=ids).values_list("group_id", flat=True)
    found = {f"alert_group:{id_}" for id_ in groups}
    return [*(f"incident:{id_}" for id_ in ids), *sorted(visible(actor, found) if found else ())]


def _shown(entry: Recorded[Event]) -> TimelineEntry:
    kind, _, person = entry.actor_id.partition(":")
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
        stream_kind=entry.stream.partition(":")[0],
    )


def _opened(cursor: str) -> int:
    try:
        return int(open_sealed(cursor, _SCOPE))
    except (SealBroken, ValueError) as error:
        raise Invalid("before: this is not a place in the timeline; start at its end.", field="before") from error
