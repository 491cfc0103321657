"""Folding: accepted signals become alerts. Reads one shard of the inbox in order, merges, decides, groups, writes.

A fixed number of queries for a batch. What cannot be folded becomes a dead letter and never stops the shard;
a store that is unwell is no reason to bury anything.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.accepting import bury
from tocsin.domain.alerts.commands.grouping import Book, Move
from tocsin.domain.alerts.commands.muting import Mutes
from tocsin.domain.alerts.commands.placing import Switchboard, routing_labels
from tocsin.domain.alerts.commands.repeating import Item, note_repeats
from tocsin.domain.alerts.commands.rows import create_alerts, save_alerts, save_seen, take_over, told_of, view_of
from tocsin.domain.alerts.models import Alert, Change, InboxItem, IntakeMinute, Integration, SourceState
from tocsin.domain.alerts.permissions import ACCEPT
from tocsin.domain.alerts.ports import BUILT_IN, SHARDS, Report, sources
from tocsin.domain.alerts.pulse import take_pulses
from tocsin.domain.alerts.rules.identity import clean
from tocsin.domain.alerts.rules.lifecycle import AlertState, Outcome, SignalKind, decide
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

log = structlog.get_logger()

MOST, FEWEST = 500, 25
TURN, LONG_TURN = 0.02, 0.06
"""Seconds that one transaction of folding aims at: as long as it lasts, SQLite lets nobody else write. Long ones, which
fold twice as much in the same time, once alerts wait for more than `LATE` seconds."""
LATE = 1.0
_LONGEST_TITLE = 1024
_SHARDS = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(SHARDS))
_INBOX = InboxItem._meta.db_table
_WAITING = f"SELECT n FROM ({_SHARDS}) AS shards WHERE EXISTS (SELECT 1 FROM {_INBOX} WHERE shard = n)"  # noqa: S608
_COUNT = (
    f"INSERT INTO {IntakeMinute._meta.db_table} (at, shard, signals) VALUES (%s, %s, %s) "  # noqa: S608
    f"ON CONFLICT (at, shard) DO UPDATE SET signals = {IntakeMinute._meta.db_table}.signals + excluded.signals"
)
_SHIFTS = frozenset(Outcome) - {Outcome.REFRESHED, Outcome.DROPPED, Outcome.LOWERED}


def waiting_shards(actor: Actor) -> set[int]:
    """Shards of the inbox that hold anything. One query, as quick with a full inbox as with an empty one."""
    actor.require(ACCEPT)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return {row[0] for row in cursor.fetchall()}


def fold(actor: Actor, *, shard: int) -> int:
    """Fold up to 500 signals of a shard, in the caller's transaction; returns how many. Events: see `Book`.

    As many as the last ones let expect within one turn: repetitions are quick, new alerts slow.
    """
    actor.require(ACCEPT)
    began = perf_counter()
    rows = InboxItem.objects.filter(shard=shard).order_by("id").values_list(*Item._fields)
    items = [Item(*row) for row in rows[: _pace.size]]
    if items:
        _take_out(items)
        signals = take_pulses(items)
        if signals:
            _count(signals, shard)
            _fold_or_bury(actor, signals)
        late = (now() - items[0].received_at).total_seconds() > LATE
        _pace.learn(len(items), perf_counter() - began, LONG_TURN if late else TURN)
    return len(items)


def _take_out(items: Sequence[Item]) -> None:
    marks = ", ".join(["%s"] * len(items))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_INBOX} WHERE id IN ({marks})", [item.id for item in items])  # noqa: S608


class _Pace:
    """How many signals fit into one turn, learned from the turns before. Of this process; a hint, never more."""

    size = 100

    def learn(self, signals: int, seconds: float, turn: float) -> None:
        fits = int(signals * turn / max(seconds, 0.001))
        # Half way at most: one slow turn on a busy machine must not make all that follow small.
        self.size = max(FEWEST, min(MOST, (self.size + fits) // 2, self.size * 2))


_pace = _Pace()


def _count(items: Sequence[Item], shard: int) -> None:
    """Keep how many arrived in each minute; the holder of the shard alone does."""
    arrived = Counter(item.received_at.replace(second=0, microsecond=0) for item in items)
    adapt: Any = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(_COUNT, [(adapt(minute), shard, signals) for minute, signals in sorted(arrived.items())])


def _fold_or_bury(actor: Actor, items: Sequence[Item]) -> None:
    """Fold all; when that fails, halve until the culprit is alone, and bury it. The order is kept."""
    try:
        with transaction.atomic():
            _Batch(actor, now()).fold(items)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(items) == 1:
            log.exception("signal_buried", source=items[0].source, key=items[0].key)
            bury(items[0], f"{type(error).__name__}: {error}")
            return
        middle = len(items) // 2
        _fold_or_bury(actor, items[:middle])
        _fold_or_bury(actor, items[middle:])


@dataclass
class _Batch:
    """What one transaction of folding knows."""

    actor: Actor
    at: datetime
    integrations: dict[Any, Integration] = field(default_factory=dict)
    current: dict[str, Alert] = field(default_factory=dict)
    created: list[Alert] = field(default_factory=list)
    changed: dict[Any, Alert] = field(default_factory=dict)
    seen: dict[Any, Alert] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    acknowledged: list[Alert] = field(default_factory=list)
    born: set[Any] = field(default_factory=set)
    mutes: Mutes | None = None

    def fold(self, items: Sequence[Item]) -> None:
        named = Integration.objects.only("kind", "name", "service")
        self.integrations = named.in_bulk({item.integration for item in items})
        read = [(item, report) for item in items if (report := self._read(item)) is not None]
        self._keep_changes(read)
        signals = [(item, report) for item, report in read if report.signal is not None]
        news, known = note_repeats(signals, self.at) if signals else ([], set())
        if known:
            rows = Alert.objects.select_for_update().filter(key__in=sorted(known), current=True).order_by("key")
            self.current = {alert.key: alert for alert in rows}
        if news:
            self._decide_all(news)
            self._write()
        self._note_sources(items)

    def _read(self, item: Item) -> Report | None:
        """The signal in Tocsin's words; None when it cannot be read, then it is buried."""
        if item.integration not in self.integrations:
            bury(item, "No integration has this id (any more).")
            return None
        # PostgreSQL refuses NUL in text; the escape is replaced before it can become one.
        raw = bytes(item.raw).replace(b"\\u0000", b"\\ufffd")
        try:
            return sources()[item.source].read(raw, item.received_at)
        except Exception as error:  # noqa: BLE001  (whatever a stranger's bytes cause)
            log.warning("signal_unreadable", source=item.source, key=item.key, error=str(error))
            bury(item, f"{type(error).__name__}: {error}")
            return None

    def _keep_changes(self, read: Sequence[tuple[Item, Report]]) -> None:
        changes = [
            Change(
                integration_id=item.integration,
                service_id=self.integrations[item.integration].service_id,
                summary=report.title[:_LONGEST_TITLE],
                source=report.labels.get("source", ""),
                links=[list(link) for link in report.links],
                details=dict(report.extra),
                happened_at=report.happened_at or item.received_at,
                received_at=item.received_at,
            )
            for item, report in read
            if report.signal is None
        ]
        if changes:
            Change.objects.bulk_create(changes)

    def _decide_all(self, signals: Sequence[tuple[Item, Report]]) -> None:
        decided = [move for item, report in signals if (move := self._decide(item, report)) is not None]
        # An alert that only says the same again stays as muted or loud as it was: what else changes that looks again.
        moved = [move for move in decided if move.alert.id in self.changed or move.alert.id in self.born]
        if moved:
            self._mute_and_place(moved)
        self.moves = [move for move in decided if move.outcome in _SHIFTS]

    def _mute_and_place(self, moves: Sequence[Move]) -> None:
        """By how the alerts stand at the end of the batch, so that its order does not matter."""
        self.mutes, switchboard = Mutes(self.at), Switchboard()
        alerts = {move.alert.id: move.alert for move in moves}
        labels = {id_: routing_labels(a, self.integrations[a.integration_id]) for id_, a in alerts.items()}
        self.mutes.know((alert, labels[id_]) for id_, alert in alerts.items())
        for move in moves:
            alert = move.alert
            if move.outcome is Outcome.RESOLVED:
                continue
            place = switchboard.place(alert, self.integrations[alert.integration_id], labels[alert.id])
            was_muted = alert.muted
            muted = self.mutes.over(alert, labels[alert.id], place.services)
            if muted.mark(alert):
                self._mark_changed(alert)
            if muted:
                alert.service_id = alert.service_id or (UUID(place.service_id) if place.service_id else None)
                continue
            freed = was_muted and alert.group_id is None
            if freed and alert.state == AlertState.FIRING:
                move.outcome, move.before = Outcome.OPENED, None
            if move.outcome in _SHIFTS:
                move.place, move.wait = place, self.mutes.wait(labels[alert.id])

    def _decide(self, item: Item, report: Report) -> Move | None:
        """Apply one signal to the latest alert of its key; None when it was dropped."""
        signal = report.signal
        assert signal is not None
        alert = self.current.get(item.key)
        decision = decide(view_of(alert) if alert else None, signal, self.at)
        if decision.outcome is Outcome.DROPPED or decision.alert is None:
            return None
        before = AlertState(alert.state) if alert else None
        # A key used again after its resolve is new trouble; another key may well belong to the old.
        opens_new = signal.opens_new and alert is not None
        if alert is None or decision.outcome is Outcome.OPENED:
            before = None
            alert = self._new(item, report, alert)
        elif signal.kind is SignalKind.TRIGGER:
            alert.count += 1
            self._retell(alert, report)
        take_over(alert, decision.alert)
        if decision.changed:
            self._mark_changed(alert)
        else:
            self.seen[alert.id] = alert
        if decision.outcome is Outcome.ACKNOWLEDGED:
            self.acknowledged.append(alert)
        return Move(alert, before, decision.outcome, opens_new=opens_new)

    def _new(self, item: Item, report: Report, old: Alert | None) -> Alert:
        if old is not None:
            old.current = False
            self._mark_changed(old)
        alert = Alert(
            key=item.key,
            integration_id=item.integration,
            dedup_key=report.dedup_key[:255],
            told=told_of(report),
            title=report.title[:_LONGEST_TITLE],
            labels=clean(report.labels),
            annotations=dict(report.annotations),
            links=[list(link) for link in report.links],
            url=report.url,
            extra=dict(report.extra),
            service_id=self._service_of(item, report),
        )
        self.current[item.key] = alert
        self.created.append(alert)
        self.born.add(alert.id)
        return alert

    def _service_of(self, item: Item, report: Report) -> Any:
        """The service that the report names, if there still is one; else that of its integration."""
        if report.service and catalog.services(self.actor, [report.service]):
            return UUID(report.service)
        return self.integrations[item.integration].service_id

    def _retell(self, alert: Alert, report: Report) -> None:
        """What the sender says now replaces what it said before."""
        fresh: dict[str, Any] = {
            "title": report.title[:_LONGEST_TITLE],
            "labels": clean(report.labels),
            "annotations": dict(report.annotations),
            "url": report.url,
            "links": [list(link) for link in report.links],
            "extra": dict(report.extra),
            "told": told_of(report),
        }
        for name, value in fresh.items():
            if value and value != getattr(alert, name):
                setattr(alert, name, value)
                self._mark_changed(alert)

    def _mark_changed(self, alert: Alert) -> None:
        self.changed[alert.id] = alert

    def _write(self) -> None:
        book = Book(self.actor, self.at, self.integrations)
        for alert in self.acknowledged:
            if alert.group_id is not None:
                book.say(
                    alert.group_id,
                    events.Acknowledged(group=str(alert.group_id), alert=str(alert.id), title=alert.title),
                )
        book.settle(self.moves)
        ordered = sorted((a for a in self.changed.values() if a.id not in self.born), key=lambda a: a.key)
        save_alerts(ordered)
        save_seen(a for id_, a in self.seen.items() if id_ not in self.born and id_ not in self.changed)
        create_alerts(self.created)
        if self.mutes is not None:
            self.mutes.save()

    def _note_sources(self, items: Sequence[Item]) -> None:
        heard: dict[Any, datetime] = {}
        for item in items:
            if item.source != BUILT_IN and item.integration in self.integrations:
                heard[item.integration] = max(item.received_at, heard.get(item.integration, item.received_at))
        SourceState.objects.bulk_create(
            [SourceState(integration_id=id_, last_seen_at=at) for id_, at in sorted(heard.items())],
            update_conflicts=True,
            unique_fields=["integration"],
            update_fields=["last_seen_at"],
        )
