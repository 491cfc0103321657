"""Reads of this room: frozen rows, a fixed number of queries each, groups of restricted incidents left out."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from tocsin.core.visibility import visible
from tocsin.domain.alerts.commands.integrations import address
from tocsin.domain.alerts.commands.placing import in_words, matchers_of
from tocsin.domain.alerts.models import (
    Alert,
    AlertGroup,
    Change,
    DeadLetter,
    InboxItem,
    IntakeMinute,
    Integration,
    Route,
    Silence,
    SourceState,
)
from tocsin.domain.alerts.permissions import CONNECT, VIEW
from tocsin.domain.alerts.ports import CHECKS, PULSE, hidden_groups
from tocsin.domain.alerts.quieting import dead_signals, inhibitions, maintenance, maintenances, mute_reasons
from tocsin.domain.alerts.views import (
    OPEN_STATES,
    PAGE,
    AlertFilter,
    AlertPage,
    AlertRow,
    ChangeView,
    DeadSignal,
    Door,
    GroupRow,
    IngestRate,
    InhibitionView,
    IntegrationView,
    MaintenanceView,
    RouteView,
    SilenceView,
)
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Denied, NotFound

__all__ = [
    "AlertFilter",
    "AlertPage",
    "AlertRow",
    "ChangeView",
    "DeadSignal",
    "Door",
    "GroupRow",
    "IngestRate",
    "InhibitionView",
    "IntegrationView",
    "MaintenanceView",
    "RouteView",
    "SilenceView",
    "dead_signals",
    "inhibitions",
    "maintenance",
    "maintenances",
    "mute_reasons",
]

_OF_GROUP = (
    "id", "title", "state", "severity", "labels", "integration_id", "integration__name", "route_id", "route__name",
    "service_id", "service__name", "services", "policy_id", "unrouted", "starts_at", "created_at", "flushed_at",
    "quiet_at", "firing", "stale", "total", "further",
)  # fmt: skip


def doors(actor: Actor) -> list[Door]:
    """All integrations for intake's key table; asked every 2 s, by intake alone. One query. Raises `Denied`."""
    if not actor.is_system:
        raise Denied("Only Tocsin's own intake reads the hashes of the keys.")
    at = now()
    return [
        Door(str(row.id), row.name, row.kind, _live_keys(row, at))
        for row in Integration.objects.filter(removed_at__isnull=True).defer("key")
    ]


def _live_keys(row: Integration, at: datetime) -> tuple[str, ...]:
    if row.old_key_hash and row.old_key_until is not None and row.old_key_until > at:
        return (row.key_hash, row.old_key_hash)
    return (row.key_hash,)


def alerts(actor: Actor, filters: AlertFilter | None = None) -> AlertPage:
    """Alerts that the actor may see, newest start first. One query, and one per room that hides groups."""
    actor.require(VIEW)
    wanted = filters or AlertFilter()
    rows = _alert_rows(actor, wanted).order_by("-starts_at", "-id")
    if wanted.before:
        rows = _after_cursor(rows, wanted.before)
    found = list(rows[: wanted.limit + 1])
    more = len(found) > wanted.limit
    shown = found[: wanted.limit]
    cursor = f"{shown[-1].starts_at.isoformat()}_{shown[-1].id}" if more else ""
    return AlertPage([_alert(row) for row in shown], cursor)


def alert_count(actor: Actor, filters: AlertFilter | None = None) -> int:
    """How many alerts the filter finds."""
    actor.require(VIEW)
    return _alert_rows(actor, filters or AlertFilter()).count()


def _alert_rows(actor: Actor, wanted: AlertFilter) -> QuerySet[Alert]:
    condition = Q()
    if wanted.states:
        condition &= Q(state__in=wanted.states)
    if wanted.severities:
        condition &= Q(severity__in=wanted.severities)
    if wanted.service_id:
        condition &= Q(service_id=_uuid(wanted.service_id))
    if wanted.integration_id:
        condition &= Q(integration_id=_uuid(wanted.integration_id))
    if wanted.group_ids:
        condition &= Q(group_id__in=[_uuid(id_) for id_ in wanted.group_ids])
    if wanted.silenced is not None:
        condition &= ~Q(silenced_by=[]) if wanted.silenced else Q(silenced_by=[])
    if wanted.muted is not None:
        condition &= Q(muted=wanted.muted)
    if wanted.text:
        condition &= Q(title__icontains=wanted.text) | Q(labels__icontains=wanted.text)
    return _seen_by(actor, Alert.objects.filter(condition)).select_related("service", "integration")


def _seen_by(actor: Actor, rows: QuerySet[Alert]) -> QuerySet[Alert]:
    hidden = hidden_groups(actor)
    return rows.filter(Q(group__isnull=True) | ~Q(group_id__in=hidden)) if hidden else rows


def _after_cursor(rows: QuerySet[Alert], cursor: str) -> QuerySet[Alert]:
    try:
        at, _, id_ = cursor.partition("_")
        started = datetime.fromisoformat(at)
        return rows.filter(Q(starts_at__lt=started) | Q(starts_at=started, id__lt=UUID(id_)))
    except ValueError as error:
        raise NotFound("This page of alerts does not exist; start again at the first.") from error


def alert(actor: Actor, alert_id: str) -> AlertRow:
    """One alert. Raises `NotFound`."""
    actor.require(VIEW)
    row = _seen_by(actor, Alert.objects.filter(id=_uuid(alert_id))).select_related("service", "integration").first()
    if row is None:
        raise NotFound("There is no such alert.")
    return _alert(row)


def groups(actor: Actor, ids: Collection[str] | None = None) -> list[GroupRow]:
    """The groups with these ids, or all that are not quiet; newest first. One query."""
    actor.require(VIEW)
    rows = AlertGroup.objects.order_by("-created_at", "-id")
    if ids is None:
        rows = rows.filter(state__in=("open", "stale"))
    else:
        rows = rows.filter(id__in=[_uuid(id_) for id_ in ids])
    hidden = hidden_groups(actor)
    return [_group(row) for row in rows.values(*_OF_GROUP) if str(row["id"]) not in hidden]


def kept_quiet(actor: Actor, ids: Collection[str]) -> dict[str, int]:
    """How many open alerts of each of these groups anything keeps quiet; groups without any are left out. One query."""
    actor.require(VIEW)
    rows = Alert.objects.filter(muted=True, state__in=OPEN_STATES, group_id__in=[_uuid(id_) for id_ in ids])
    found = _seen_by(actor, rows).order_by().values("group_id").annotate(n=Count("id"))
    return {str(row["group_id"]): row["n"] for row in found}


def shared_labels(actor: Actor, ids: Collection[str], most: int = 2_000) -> dict[str, dict[str, str]]:
    """The labels that the alerts of each of these groups agree in, as far as at most `most` alerts tell. One query."""
    actor.require(VIEW)
    rows = _seen_by(actor, Alert.objects.filter(group_id__in=[_uuid(id_) for id_ in ids])).order_by()
    found: dict[str, dict[str, str]] = {}
    for group_id, labels in rows.values_list("group_id", "labels")[:most]:
        known = found.setdefault(str(group_id), dict(labels))
        for name in [name for name, value in known.items() if labels.get(name) != value]:
            del known[name]
    return found


def groups_noted(actor: Actor, *, name: str, value: str) -> list[str]:
    """Ids of the groups that hold an alert whose annotation `name` is `value`. One query."""
    actor.require(VIEW)
    rows = Alert.objects.filter(**{f"annotations__{name}": value}).exclude(group=None)
    return [str(id_) for id_ in rows.order_by().values_list("group_id", flat=True).distinct()]


def group(actor: Actor, group_id: str) -> GroupRow:
    """One group. Raises `NotFound`."""
    found = groups(actor, [group_id])
    if not found or not visible(actor, [f"alert_group:{found[0].id}"]):
        raise NotFound("There is no such group of alerts.")
    return found[0]


def integrations(actor: Actor) -> list[IntegrationView]:
    """All connected sources by name, without Tocsin's own checks. Two queries.

    Addresses and keys are empty unless the actor may connect.
    """
    actor.require(VIEW)
    rows = Integration.objects.filter(removed_at__isnull=True).exclude(kind__in=(CHECKS, PULSE))
    rows = rows.select_related("service").order_by("name", "id")
    if not actor.has(CONNECT):
        rows = rows.defer("key")
    states = SourceState.objects.in_bulk()
    return [_integration(row, states.get(row.id), secret=actor.has(CONNECT)) for row in rows]


def integration(actor: Actor, integration_id: str) -> IntegrationView:
    """One source. Raises `NotFound`."""
    for view in integrations(actor):
        if view.id == integration_id:
            return view
    raise NotFound("There is no such integration; it may have been removed.")


def routes(actor: Actor) -> list[RouteView]:
    """All routes in order. One query."""
    actor.require(VIEW)
    return [_route(row) for row in Route.objects.select_related("service").order_by("order", "id")]


def silences(actor: Actor, *, integration_id: str = "", ended: bool = False) -> list[SilenceView]:
    """Silences that end last first; without `ended` only those pending or active. One query.

    With an `integration_id`: those of that source and those for all sources.
    """
    actor.require(VIEW)
    rows = Silence.objects.order_by("-ends_at", "-id")
    if integration_id:
        rows = rows.filter(Q(integration__isnull=True) | Q(integration_id=_uuid(integration_id)))
    if not ended:
        rows = rows.filter(ends_at__gt=now())
    return [_silence(row, now()) for row in rows[:1000]]


def silence(actor: Actor, silence_id: str) -> SilenceView:
    """One silence. Raises `NotFound`."""
    actor.require(VIEW)
    row = Silence.objects.filter(id=_uuid(silence_id)).first()
    if row is None:
        raise NotFound("There is no such silence.")
    return _silence(row, now())


def changes(actor: Actor, *, since: datetime, service_id: str = "", limit: int = PAGE) -> list[ChangeView]:
    """Changes made since then, newest first. One query."""
    actor.require(VIEW)
    rows = Change.objects.filter(happened_at__gte=since).select_related("integration").order_by("-happened_at", "-id")
    if service_id:
        rows = rows.filter(service_id=_uuid(service_id))
    return [
        ChangeView(
            id=str(row.id),
            summary=row.summary,
            source=row.source,
            service_id=str(row.service_id) if row.service_id else None,
            integration=row.integration.name,
            happened_at=row.happened_at,
            links=row.links,
            details=row.details,
        )
        for row in rows[:limit]
    ]


def ingest_rate(actor: Actor) -> IngestRate:
    """How intake does. Four queries."""
    actor.require(VIEW)
    oldest = InboxItem.objects.order_by("id").values_list("received_at", flat=True).first()
    return IngestRate(
        opened=Alert.objects.filter(starts_at__gte=now() - timedelta(minutes=5)).count(),
        waiting=InboxItem.objects.count(),
        oldest_waiting=oldest,
        dead_letters=DeadLetter.objects.count(),
    )


def intake(actor: Actor, since: datetime) -> list[tuple[datetime, int]]:
    """Signals folded by the minute in which they arrived, oldest first; minutes without any are missing. One query."""
    actor.require(VIEW)
    rows = IntakeMinute.objects.filter(at__gte=since).values("at").annotate(n=Sum("signals")).order_by("at")
    return [(row["at"], row["n"]) for row in rows]


def by_service(actor: Actor) -> dict[str, dict[str, int]]:
    """Open alerts by service ('' without one): counts by severity, those that anything keeps quiet as `muted`.

    One query, and one per room that hides groups.
    """
    actor.require(VIEW)
    rows = _seen_by(actor, Alert.objects.filter(state__in=OPEN_STATES)).order_by()
    found: dict[str, dict[str, int]] = {}
    for row in rows.values("service_id", "severity", "muted").annotate(n=Count("id")):
        counts = found.setdefault(str(row["service_id"] or ""), {})
        name = "muted" if row["muted"] else row["severity"]
        counts[name] = counts.get(name, 0) + row["n"]
    return found


def counts_by_severity(actor: Actor) -> dict[str, int]:
    """Firing alerts by severity. One query, and one per room that hides groups."""
    actor.require(VIEW)
    rows = _seen_by(actor, Alert.objects.filter(state="firing")).values("severity").annotate(n=Count("id"))
    return {row["severity"]: row["n"] for row in rows.order_by("severity")}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"'{text[:40]}' is not an id.") from error


def _alert(row: Alert) -> AlertRow:
    return AlertRow(
        id=str(row.id),
        title=row.title,
        severity=row.severity,
        state=row.state,
        service_id=str(row.service_id) if row.service_id else None,
        service=row.service.name if row.service else "",
        integration_id=str(row.integration_id),
        integration=row.integration.name,
        integration_kind=row.integration.kind,
        labels=row.labels,
        annotations=row.annotations,
        links=row.links,
        url=row.url,
        extra=row.extra,
        dedup_key=row.dedup_key,
        starts_at=row.starts_at,
        last_seen=row.last_seen_at,
        expires_at=row.expires_at,
        resolved_at=row.resolved_at,
        acknowledged_at=row.acknowledged_at,
        count=row.count,
        group_id=str(row.group_id) if row.group_id else None,
        silenced_by=tuple(row.silenced_by),
        inhibited_by=tuple(row.inhibited_by),
        maintained_by=tuple(row.maintained_by),
    )


def _group(row: dict[str, Any]) -> GroupRow:
    return GroupRow(
        id=str(row["id"]),
        title=row["title"],
        state=row["state"],
        severity=row["severity"],
        labels=row["labels"],
        integration_id=str(row["integration_id"]) if row["integration_id"] else None,
        integration=row["integration__name"] or "",
        route_id=str(row["route_id"]) if row["route_id"] else None,
        route=row["route__name"] or "",
        service_id=str(row["service_id"]) if row["service_id"] else None,
        service=row["service__name"] or "",
        services=tuple(row["services"]),
        policy_id=row["policy_id"],
        unrouted=row["unrouted"],
        starts_at=row["starts_at"],
        created_at=row["created_at"],
        flushed_at=row["flushed_at"],
        quiet_at=row["quiet_at"],
        firing=row["firing"],
        stale=row["stale"],
        total=row["total"],
        further=tuple((service, policy) for service, policy in row["further"]),
    )


def _integration(row: Integration, state: SourceState | None, *, secret: bool) -> IntegrationView:
    heard = state.last_seen_at if state else None
    silent = state.silent_since if state else None
    return IntegrationView(
        id=str(row.id),
        kind=row.kind,
        name=row.name,
        service_id=str(row.service_id) if row.service_id else None,
        service=row.service.name if row.service else "",
        url=address(row, row.key) if secret else "",
        key=row.key if secret else "",
        every=row.every,
        created_at=row.created_at,
        last_seen_at=heard,
        silent_since=silent,
        state="silent" if silent else "ok" if heard else "new",
    )


def _route(row: Route) -> RouteView:
    return RouteView(
        id=str(row.id),
        order=row.order,
        name=row.name,
        matchers=in_words(row.matchers),
        service_id=str(row.service_id) if row.service_id else None,
        service=row.service.name if row.service else "",
        policy_id=row.policy_id,
        group_by=tuple(row.group_by),
        continues=row.continues,
        enabled=row.enabled,
    )


def _silence(row: Silence, at: datetime) -> SilenceView:
    state = "expired" if row.ends_at <= at else "pending" if row.starts_at > at else "active"
    return SilenceView(
        id=str(row.id),
        matchers=matchers_of(row.matchers),
        text=in_words(row.matchers),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        author=row.author,
        comment=row.comment,
        updated_at=row.updated_at,
        integration_id=str(row.integration_id) if row.integration_id else None,
        state=state,
    )
