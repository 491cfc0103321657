"""The book of groups in one transaction: alerts move in and between states, groups count, speak and fall quiet.

Everything that changes an alert's state settles it here. Locks groups in sorted order; writes their events last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.db.models import Q

from tocsin.core.log import Event, Pending, append_many
from tocsin.core.work import Draft, enqueue_many
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.placing import Place
from tocsin.domain.alerts.commands.rows import save_groups
from tocsin.domain.alerts.models import Alert, AlertGroup, Integration
from tocsin.domain.alerts.rules import grouping
from tocsin.domain.alerts.rules.lifecycle import REOPEN_WITHIN, AlertState, Outcome
from tocsin.domain.oncall.rules.urgency import Severity, highest
from tocsin.kernel.actor import Actor

OPEN, QUIET, STALE = "open", "quiet", "stale"
FLUSH = "alerts.flush"
_ENTERS = frozenset({Outcome.OPENED, Outcome.REOPENED, Outcome.REVIVED, Outcome.RAISED})
_COUNTED = {AlertState.FIRING: "firing", AlertState.ACKNOWLEDGED: "firing", AlertState.STALE: "stale"}


class Flush(msgspec.Struct):
    """Payload of the timer of a group."""

    group: str


@dataclass(slots=True)
class Move:
    """An alert whose state was decided. `before` is its state then (None: it is new).

    `place` is where it goes if it is in no current group; a muted alert has none: it is counted where it is,
    but enters nothing and makes no group speak. `wait`: how long a new group waits for one that may inhibit it.
    `withdraws`: it was muted before its group first spoke, and leaves it.
    """

    alert: Alert
    before: AlertState | None
    outcome: Outcome
    place: Place | None = None
    opens_new: bool = False
    wait: timedelta = timedelta(0)
    withdraws: bool = False
    after: AlertState = field(init=False)
    severity: Severity = field(init=False)

    def __post_init__(self) -> None:
        # A later signal of the same batch changes the row; this move is about what was decided now.
        self.after, self.severity = AlertState(self.alert.state), Severity(self.alert.severity)


class Book:
    """Settles moves: fixed number of queries, however many alerts and groups. Use inside a transaction, once."""

    def __init__(self, actor: Actor, at: datetime, integrations: dict[object, Integration] | None = None) -> None:
        self.actor, self.at = actor, at
        self.integrations = integrations or {}
        self._by_id: dict[object, AlertGroup] = {}
        self._by_key: dict[str, AlertGroup] = {}
        self._touched: dict[object, AlertGroup] = {}
        self._waiting: dict[object, datetime | None] = {}
        self._pending: list[Pending] = []
        self._left: dict[object, AlertGroup] = {}
        self._moves: Sequence[Move] = ()

    def settle(self, moves: Sequence[Move]) -> None:
        """Count every move in its group, let groups speak that must, save groups, write events, set timers.

        The alerts themselves are the caller's to save (their `group` is set here).
        """
        self._load(moves)
        self._moves = moves
        for move in moves:
            if move.withdraws:
                self._withdraw(move)
            else:
                self._count(move)
        self._lower()
        for group in self._touched.values():
            # Spoken first: a Critical alert that came and went in one batch is told, then the quiet.
            self._speak_if_due(group)
            self._turn(group)
        save_groups(sorted(self._touched.values(), key=lambda g: str(g.id)))
        append_many(self._pending)
        self._set_timers()

    def say(self, group_id: object, event: Event) -> None:
        """Write an event on a group's stream together with those of the book."""
        self._pending.append(Pending(f"alert_group:{group_id}", event, self.actor))

    def flush(self, group: AlertGroup) -> None:
        """A group's timer rang: it speaks if it has something to say. The group is locked by the caller."""
        self._touch(group)
        self._speak_if_due(group)
        save_groups([group])
        append_many(self._pending)
        self._waiting[group.id] = None
        self._set_timers()

    def _load(self, moves: Sequence[Move]) -> None:
        keys = {m.place.key for m in moves if m.place is not None and m.outcome in _ENTERS}
        ids = {m.alert.group_id for m in moves if m.alert.group_id is not None}
        if not keys and not ids:
            return
        wanted = Q(key__in=sorted(keys), current=True) | Q(id__in=ids)
        self._remember(AlertGroup.objects.select_for_update().filter(wanted).order_by("key", "id"))
        makers = {m.place.key: m for m in moves if m.place is not None and self._needs_new(m)}
        if makers:
            self._make(makers)

    def _needs_new(self, move: Move) -> bool:
        """True when no living group can take the alert: there is none, or it has been quiet too long."""
        if move.outcome not in _ENTERS or move.place is None or self._home(move) is not None:
            return False
        group = self._by_key.get(move.place.key)
        return group is None or (
            group.state == QUIET
            and (move.opens_new or group.quiet_at is None or self.at - group.quiet_at > REOPEN_WITHIN)
        )

    def _home(self, move: Move) -> AlertGroup | None:
        """The group that the alert is in already, while that is the current one of its key."""
        group = self._by_id.get(move.alert.group_id)
        return group if group is not None and group.current else None

    def _make(self, makers: dict[str, Move]) -> None:
        retired = [self._by_key[key].id for key in makers if key in self._by_key]
        if retired:
            AlertGroup.objects.filter(id__in=retired).update(current=False)
            for id_ in retired:
                self._by_id[id_].current = False
        fresh = [self._new_group(move) for _, move in sorted(makers.items())]
        AlertGroup.objects.bulk_create(fresh, ignore_conflicts=True)
        # Another engine may have made the same group a moment ago: whatever stands there now is the group.
        rows = AlertGroup.objects.select_for_update().filter(key__in=sorted(makers), current=True)
        self._remember(rows.order_by("key"))

    def _new_group(self, move: Move) -> AlertGroup:
        place, alert = move.place, move.alert
        assert place is not None
        return AlertGroup(
            key=place.key,
            title=alert.title,
            labels=dict(place.labels),
            severity=alert.severity,
            integration_id=alert.integration_id,
            route_id=place.route_id or None,
            service_id=place.service_id or None,
            services=list(place.services),
            policy_id=place.policy_id,
            further=[list(pair) for pair in place.further],
            unrouted=place.unrouted,
            created_at=self.at,
            starts_at=alert.starts_at,
        )

    def _remember(self, groups: Iterable[AlertGroup]) -> None:
        for group in groups:
            self._by_id[group.id] = group
            if group.current:
                self._by_key[group.key] = group

    def _touch(self, group: AlertGroup) -> None:
        if group.id not in self._touched:
            self._touched[group.id] = group
            self._waiting[group.id] = group.flush_at

    def _count(self, move: Move) -> None:
        alert, enters = move.alert, move.outcome in _ENTERS
        if move.outcome is Outcome.REOPENED and move.place is None:
            alert.group_id = None
        group = self._home(move) if enters else self._by_id.get(alert.group_id)
        joins = group is None and enters and move.place is not None
        if joins:
            assert move.place is not None
            self._leave(move)
            group = self._by_key[move.place.key]
            alert.group_id = group.id
            alert.service_id = group.service_id
            group.total += 1
            group.added += 1
        if group is None:
            return
        self._touch(group)
        if not joins:
            _shift(group, move.before, -1)
        _shift(group, move.after, +1)
        if enters and move.place is not None:
            self._join(group, move, move.place)

    def _leave(self, move: Move) -> None:
        """An alert that fires again after its group was superseded belongs to the new one from now on."""
        old = self._by_id.get(move.alert.group_id)
        if old is not None:
            self._touch(old)
            _shift(old, move.before, -1)

    def _join(self, group: AlertGroup, move: Move, place: Place) -> None:
        unspoken = group.flushed_at is None and group.flush_at is None
        before = None if unspoken else _view(group)
        service = str(move.alert.service_id or "")
        after = grouping.join(before, move.severity, service, self.at).group
        group.severity = after.severity.value
        group.services = sorted({s for s in after.services if s} | set(place.services))
        flush_at = after.flush_at
        if move.wait and flush_at is not None:
            flush_at = max(flush_at, self.at + move.wait)
            flush_at = min(flush_at, group.flush_at) if group.flush_at is not None else flush_at
        group.flush_at = flush_at

    def _withdraw(self, move: Move) -> None:
        group = self._by_id.get(move.alert.group_id)
        if group is None or group.flushed_at is not None:
            return
        self._touch(group)
        _shift(group, move.before, -1)
        group.total -= 1
        group.added -= 1
        move.alert.group_id = None
        self._left[group.id] = group
        if group.firing <= 0:
            group.flush_at = None

    def _lower(self) -> None:
        """A group is as bad as the alerts that stayed in it. One query, none when nothing was withdrawn."""
        if not self._left:
            return
        stay: dict[object, list[Severity]] = {id_: [] for id_ in self._left}
        gone = {move.alert.id for move in self._moves if move.withdraws}
        rows = Alert.objects.filter(group__in=list(stay), current=True).exclude(id__in=gone)
        for group_id, severity in rows.values_list("group_id", "severity"):
            stay[group_id].append(Severity(severity))
        for id_, severities in stay.items():
            if severities:
                self._left[id_].severity = highest(severities).value

    def _turn(self, group: AlertGroup) -> None:
        """Quiet, stale or open, as its counts say. A group that fell quiet before it spoke says nothing."""
        state = OPEN if group.firing > 0 else STALE if group.stale > 0 else QUIET
        if state == group.state:
            return
        group.state = state
        group.quiet_at = self.at if state == QUIET else None
        if state == QUIET:
            group.flush_at = None
        if group.flushed_at is None:
            return
        match state:
            case "quiet":
                if group.added:
                    self.say(group.id, self._grew(group))
                    group.added = 0
                self.say(group.id, events.GroupQuiet(group=str(group.id)))
            case "stale":
                integration = self.integrations.get(group.integration_id)
                name = integration.name if integration else ""
                self.say(group.id, events.GroupStale(group=str(group.id), stale=group.stale, integration_name=name))
            case _:
                self._say_reopened(group)

    def _say_reopened(self, group: AlertGroup) -> None:
        severity = Severity(group.severity)
        self.say(
            group.id,
            events.GroupReopened(group=str(group.id), severity=severity, services=tuple(group.services)),
        )

    def _speak_if_due(self, group: AlertGroup) -> None:
        if group.flush_at is None or group.flush_at > self.at:
            return
        if group.flushed_at is None:
            self.say(group.id, self._opened(group))
        else:
            before, after = Severity(group.told_severity), Severity(group.severity)
            if after.rank > before.rank:
                self.say(group.id, events.SeverityRaised(group=str(group.id), before=before, severity=after))
            if group.added:
                self.say(group.id, self._grew(group))
        group.flushed_at, group.flush_at = self.at, None
        group.told_severity, group.added = group.severity, 0

    def _opened(self, group: AlertGroup) -> events.GroupOpened:
        integration = self.integrations.get(group.integration_id)
        return events.GroupOpened(
            group=str(group.id),
            title=group.title,
            severity=Severity(group.severity),
            service_id=str(group.service_id) if group.service_id else None,
            services=tuple(group.services),
            route=str(group.route_id) if group.route_id else None,
            policy_id=group.policy_id,
            unrouted=bool(group.unrouted),
            why=group.unrouted,
            integration=str(group.integration_id or ""),
            integration_name=integration.name if integration else "",
            starts_at=group.starts_at,
            alerts=group.total,
        )

    def _grew(self, group: AlertGroup) -> events.GroupGrew:
        return events.GroupGrew(
            group=str(group.id),
            added=group.added,
            total=group.total,
            severity=Severity(group.severity),
            services=tuple(group.services),
        )

    def _set_timers(self) -> None:
        enqueue_many(
            Draft(
                kind=FLUSH,
                payload=msgspec.json.encode(Flush(str(group.id))).decode(),
                key=str(group.id),
                due=group.flush_at,
            )
            for group in self._touched.values()
            if group.flush_at is not None and group.flush_at != self._waiting[group.id]
        )


def _shift(group: AlertGroup, state: AlertState | None, by: int) -> None:
    counter = _COUNTED.get(state) if state is not None else None
    if counter is not None:
        setattr(group, counter, getattr(group, counter) + by)


def _view(group: AlertGroup) -> grouping.Group:
    return grouping.Group(
        created_at=group.created_at,
        flushed_at=group.flushed_at,
        flush_at=group.flush_at,
        severity=Severity(group.severity),
        services=frozenset(group.services) | {""},
    )
