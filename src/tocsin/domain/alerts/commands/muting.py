"""What keeps alerts quiet: silences, inhibitions, planned maintenance. One question: `over`.

Loads what is in force once for a batch and nothing at all where nobody set anything. Remembers which open alerts stand
on a side of an inhibition, so that asking is one indexed query however much fires. Never mutes a word that it is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import connection

from tocsin.core.work import Draft, enqueue_many
from tocsin.domain.alerts import models
from tocsin.domain.alerts.commands.placing import matchers_of
from tocsin.domain.alerts.rules import maintenance, routing
from tocsin.domain.alerts.rules.identity import fingerprint
from tocsin.domain.alerts.rules.lifecycle import AlertState
from tocsin.domain.oncall.rules.urgency import Severity

LOOK_AGAIN = "alerts.inhibited"
INHIBITION_WAIT = timedelta(seconds=2)
"""An alert that an inhibition may cover waits so long before its group first speaks: of one batch of Prometheus the
inhibiting alert may be folded last."""
_INHIBITS = (AlertState.FIRING, AlertState.ACKNOWLEDGED)
_OPEN = (*_INHIBITS, AlertState.STALE)
_ANYTHING = " UNION ALL ".join(
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM {model._meta.db_table})"  # noqa: S608
    for model in (models.Silence, models.Maintenance, models.Inhibition)
)


class LookAgain(msgspec.Struct):
    """Payload of the job that looks again at the targets of an inhibition that agree in their equal labels."""

    inhibition: str
    equal: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Muted:
    """Ids of what keeps an alert quiet. False when nothing does."""

    silences: tuple[str, ...] = ()
    inhibitions: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.silences or self.inhibitions or self.windows)

    def mark(self, alert: models.Alert) -> bool:
        """Write it into the row; True when that changed anything. Nothing is saved."""
        before = (alert.silenced_by, alert.inhibited_by, alert.maintained_by, alert.muted)
        alert.silenced_by, alert.inhibited_by = list(self.silences), list(self.inhibitions)
        alert.maintained_by, alert.muted = list(self.windows), bool(self)
        return before != (alert.silenced_by, alert.inhibited_by, alert.maintained_by, alert.muted)


@dataclass(frozen=True, slots=True)
class _Side:
    """Where an alert stands: a source only while it fires, for nobody knows of a stale one."""

    equal: str
    is_source: bool
    is_target: bool


_Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    source: tuple[routing.Matcher, ...]
    target: tuple[routing.Matcher, ...]
    equal: tuple[str, ...]

    def side(self, labels: Mapping[str, str], *, fires: bool) -> "_Side | None":
        is_source, is_target = fires and routing.matches(self.source, labels), routing.matches(self.target, labels)
        if not is_source and not is_target:
            return None
        return _Side(fingerprint({name: labels.get(name, "") for name in self.equal}), is_source, is_target)


@dataclass
class Mutes:
    """What is in force at `at`. One query where nobody set anything, else four, and two more for `know` where there
    are inhibitions."""

    at: datetime
    _silences: list[tuple[str, routing.Silence]] = field(default_factory=list)
    _windows: list[maintenance.Cover] = field(default_factory=list)
    _rules: list[_Rule] = field(default_factory=list)
    _kept: dict[_Key, tuple[int, _Side]] = field(default_factory=dict)
    _sides: dict[_Key, _Side] = field(default_factory=dict)
    _sources: dict[tuple[str, str], dict[UUID, bool]] = field(default_factory=dict)
    _moved: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not _anything():
            return
        silences = models.Silence.objects.filter(starts_at__lte=self.at, ends_at__gt=self.at).order_by("id")
        self._silences = [(str(row.integration_id or ""), _silence(row)) for row in silences]
        windows = models.Maintenance.objects.filter(starts_at__lte=self.at, ends_at__gt=self.at).order_by("id")
        self._windows = [_cover(row) for row in windows]
        self._rules = [_rule(row) for row in models.Inhibition.objects.filter(enabled=True).order_by("id")]

    def know(self, alerts: Iterable[tuple[models.Alert, Mapping[str, str]]]) -> None:
        """Take in how alerts stand now (with their labels as routes see them), before `over` is asked about any.

        What an inhibition starts or ceases to cover by that is looked at again by a job. Writes nothing else.
        """
        if not self._rules:
            return
        given = list(alerts)
        stand: dict[_Key, _Side | None] = {}
        for alert, labels in given:
            for rule in self._rules:
                is_open = alert.current and alert.state in _OPEN
                stand[rule.id, alert.id] = rule.side(labels, fires=alert.state in _INHIBITS) if is_open else None
        self._load({alert.id for alert, _ in given}, {(k[0], side.equal) for k, side in stand.items() if side})
        for key, side in stand.items():
            self._stand(key, side)

    def over(self, alert: models.Alert, labels: Mapping[str, str], services: Sequence[str] = ()) -> Muted:
        """What keeps this alert quiet. `labels` as routes see them, `services` those that it is about."""
        scope = str(alert.integration_id)
        silences = [rule for owner, rule in self._silences if owner in ("", scope)]
        severity, about = Severity(alert.severity), frozenset(services)
        return Muted(
            silences=routing.silenced_by(silences, alert.labels, self.at) if silences else (),
            inhibitions=tuple(rule.id for rule in self._rules if self._inhibits(rule.id, alert.id)),
            windows=tuple(w.id for w in self._windows if maintenance.covers(w, labels, about, severity)),
        )

    def wait(self, labels: Mapping[str, str]) -> timedelta:
        """How long an alert with these labels waits for one that may inhibit it."""
        may = any(routing.matches(rule.target, labels) for rule in self._rules)
        return INHIBITION_WAIT if may else timedelta(0)

    def save(self) -> None:
        """Keep what `know` took in; the alerts must be saved by now."""
        gone = [id_ for key, (id_, _) in self._kept.items() if key not in self._sides]
        if gone:
            models.InhibitionSide.objects.filter(id__in=gone).delete()
        kept = {key: side for key, (_, side) in self._kept.items()}
        changed = sorted((k for k, side in self._sides.items() if kept.get(k) != side), key=str)
        models.InhibitionSide.objects.bulk_create(
            [_row(key, self._sides[key]) for key in changed],
            update_conflicts=True,
            unique_fields=["inhibition", "alert"],
            update_fields=["equal", "is_source", "is_target"],
        )
        self.look_again(self._moved, self.at)

    @staticmethod
    def look_again(moved: Iterable[tuple[str, str]], at: datetime) -> None:
        """Have the targets of these (inhibition, equal) looked at again, now."""
        enqueue_many(
            Draft(
                kind=LOOK_AGAIN,
                payload=msgspec.json.encode(LookAgain(inhibition=rule, equal=equal)).decode(),
                key=f"{rule}:{equal}",
                due=at,
            )
            for rule, equal in sorted(moved)
        )

    def _load(self, alerts: set[UUID], wanted: set[tuple[str, str]]) -> None:
        """The sides of these alerts, and every source that one of them may be a target of."""
        rows = list(models.InhibitionSide.objects.filter(alert__in=alerts))
        sources = models.InhibitionSide.objects.filter(
            is_source=True, inhibition__in={rule for rule, _ in wanted}, equal__in={equal for _, equal in wanted}
        )
        for row in {row.id: row for row in [*rows, *sources]}.values():
            key, side = (str(row.inhibition_id), row.alert_id), _Side(row.equal, row.is_source, row.is_target)
            self._kept[key] = row.id, side
            self._put(key, side)

    def _stand(self, key: _Key, side: _Side | None) -> None:
        before = self._sides.get(key)
        was = before.equal if before is not None and before.is_source else ""
        is_ = side.equal if side is not None and side.is_source else ""
        if was != is_:
            self._moved |= {(key[0], equal) for equal in (was, is_) if equal}
        self._put(key, side)

    def _put(self, key: _Key, side: _Side | None) -> None:
        rule, alert = key
        old = self._sides.pop(key, None)
        if old is not None:
            self._sources.get((rule, old.equal), {}).pop(alert, None)
        if side is None:
            return
        self._sides[key] = side
        if side.is_source:
            self._sources.setdefault((rule, side.equal), {})[alert] = side.is_target

    def _inhibits(self, rule: str, alert: UUID) -> bool:
        """Another alert does; one that is on both sides only by one that is not."""
        mine = self._sides.get((rule, alert))
        if mine is None or not mine.is_target:
            return False
        others = self._sources.get((rule, mine.equal), {})
        return any(id_ != alert and not (mine.is_source and both) for id_, both in others.items())


def _anything() -> bool:
    """Whether anybody ever set a silence, a window or an inhibition. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ANYTHING)
        return cursor.fetchone() is not None


def _silence(row: models.Silence) -> routing.Silence:
    return routing.Silence(str(row.id), matchers_of(row.matchers), row.starts_at, row.ends_at)


def _cover(row: models.Maintenance) -> maintenance.Cover:
    return maintenance.Cover(str(row.id), frozenset(row.services), matchers_of(row.matchers), row.critical_pages)


def _rule(row: models.Inhibition) -> _Rule:
    return _Rule(str(row.id), matchers_of(row.source), matchers_of(row.target), tuple(row.equal))


def _row(key: _Key, side: _Side) -> models.InhibitionSide:
    return models.InhibitionSide(
        inhibition_id=UUID(key[0]),
        alert_id=key[1],
        equal=side.equal,
        is_source=side.is_source,
        is_target=side.is_target,
    )
