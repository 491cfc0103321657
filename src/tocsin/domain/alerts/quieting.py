"""Reads of what keeps alerts quiet (inhibitions, maintenance windows, and why) and of signals that were buried.

Offered by `queries`; frozen rows, a fixed number of queries each.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db.models import Model

from tocsin.domain.alerts.commands.placing import in_words
from tocsin.domain.alerts.models import Alert, DeadLetter, Inhibition, Integration, Maintenance, Silence
from tocsin.domain.alerts.permissions import CONNECT, VIEW
from tocsin.domain.alerts.rules.maintenance import parse_first
from tocsin.domain.alerts.views import AlertRow, DeadSignal, InhibitionView, MaintenanceView
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound

M = TypeVar("M", bound=Model)
SHOWN_PAYLOAD = 4096
_READER = system("alerts.quieting")


def inhibitions(actor: Actor) -> list[InhibitionView]:
    """All inhibitions by name, with how many alerts each keeps quiet now. Two queries."""
    actor.require(VIEW)
    rows = list(Inhibition.objects.order_by("name", "id"))
    quiet: dict[str, int] = {}
    held = Alert.objects.filter(muted=True, current=True, state__in=("firing", "acknowledged", "stale"))
    for ids in held.exclude(inhibited_by=[]).values_list("inhibited_by", flat=True)[:10_000]:
        for id_ in ids:
            quiet[id_] = quiet.get(id_, 0) + 1
    return [
        InhibitionView(
            id=str(row.id),
            name=row.name,
            source=in_words(row.source),
            target=in_words(row.target),
            equal=tuple(row.equal),
            enabled=row.enabled,
            author=row.author,
            updated_at=row.updated_at,
            quiet=quiet.get(str(row.id), 0),
        )
        for row in rows
    ]


def maintenances(actor: Actor, *, over: bool = False, limit: int = 1000) -> list[MaintenanceView]:
    """Windows under way and planned, soonest first; with `over` also those that are over. Two queries."""
    actor.require(VIEW)
    rows = Maintenance.objects.order_by("starts_at", "id")
    if not over:
        rows = rows.filter(ends_at__gt=now())
    return _windows(rows[:limit])


def maintenance(actor: Actor, window_id: str) -> MaintenanceView:
    """One window. Raises `NotFound`. Two queries."""
    actor.require(VIEW)
    try:
        found = _windows(Maintenance.objects.filter(id=UUID(window_id)))
    except ValueError:
        found = []
    if not found:
        raise NotFound("There is no such maintenance window; it may have been removed.")
    return found[0]


def mute_reasons(actor: Actor, rows: Iterable[AlertRow]) -> Mapping[str, tuple[str, ...]]:
    """Why alerts are quiet, in sentences, by id of the alert; nothing for those that are not. At most three queries."""
    actor.require(VIEW)
    muted = [row for row in rows if row.muted]
    said: dict[str, str] = {}
    for silence in _by_id(Silence, (id_ for row in muted for id_ in row.silenced_by)):
        said[str(silence.id)] = f"Silenced by {silence.author} until {silence.ends_at:%Y-%m-%d %H:%M} UTC"
        said[str(silence.id)] += f": {silence.comment}" if silence.comment else ""
    for rule in _by_id(Inhibition, (id_ for row in muted for id_ in row.inhibited_by)):
        said[str(rule.id)] = f"Inhibited by {rule.name}: an alert with {{{in_words(rule.source)}}} fires"
    for window in _by_id(Maintenance, (id_ for row in muted for id_ in row.maintained_by)):
        until = f" until {window.ends_at:%Y-%m-%d %H:%M} UTC" if window.ends_at else ""
        said[str(window.id)] = f"Under maintenance{until}: {window.name}"
    return {
        row.id: tuple(said[id_] for id_ in (*row.silenced_by, *row.inhibited_by, *row.maintained_by) if id_ in said)
        for row in muted
    }


def dead_signals(actor: Actor, *, integration_id: str = "", limit: int = 100) -> list[DeadSignal]:
    """Signals that could not be read, newest first; for administrators, as a payload may hold anything. Two queries."""
    actor.require(CONNECT)
    rows = DeadLetter.objects.order_by("-id")
    if integration_id:
        rows = rows.filter(integration=UUID(integration_id))
    found = list(rows[:limit])
    names = {row.id: row.name for row in Integration.objects.filter(id__in={row.integration for row in found})}
    return [
        DeadSignal(
            id=row.id,
            integration_id=str(row.integration),
            integration=names.get(row.integration, ""),
            source=row.source,
            payload=bytes(row.raw)[:SHOWN_PAYLOAD].decode("utf-8", "replace"),
            size=len(row.raw),
            received_at=row.received_at,
            buried_at=row.buried_at,
            error=row.error,
        )
        for row in found
    ]


def _windows(rows: Iterable[Maintenance]) -> list[MaintenanceView]:
    found = list(rows)
    wanted = sorted({id_ for row in found for id_ in row.services})
    names = {service.id: service.name for service in catalog.services(_READER, wanted)} if wanted else {}
    return [_window(row, names) for row in found]


def _window(row: Maintenance, names: Mapping[str, str]) -> MaintenanceView:
    at = now()
    over = row.ends_at is None or row.ends_at <= at
    begun = row.starts_at is not None and row.starts_at <= at
    return MaintenanceView(
        id=str(row.id),
        name=row.name,
        services=tuple((id_, names.get(id_, "a removed service")) for id_ in row.services),
        matchers=in_words(row.matchers),
        zone=row.zone,
        first=parse_first(row.first),
        lasts=row.lasts,
        rule=row.rule,
        critical_pages=row.critical_pages,
        comment=row.comment,
        author=row.author,
        updated_at=row.updated_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state="over" if over else "under way" if begun else "planned",
    )


def _by_id(model: type[M], ids: Iterable[str]) -> list[M]:
    wanted = sorted(set(ids))
    return list(model._default_manager.filter(id__in=wanted)) if wanted else []
