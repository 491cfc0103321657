"""Reads of this room: frozen rows, a fixed number of queries each."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from tocsin.domain.monitoring.models import Check, CheckResult, CheckSpan
from tocsin.domain.monitoring.permissions import ARRANGE, RECORD, VIEW
from tocsin.domain.monitoring.rules.standing import State, seen_as, span_start
from tocsin.domain.monitoring.views import CheckView, Counts, Point, ResultView, Series, ToAsk
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound

__all__ = ["CheckView", "Counts", "Point", "ResultView", "Series", "ToAsk"]

_SINGLE = timedelta(hours=2)
_FINE = timedelta(days=2)
_HOURLY = timedelta(days=32)
"""Up to how far back single answers, spans of 5 minutes and of an hour are drawn; days beyond."""
_MOST_RESULTS = 200


def checks(actor: Actor, service_ids: Collection[str] | None = None) -> list[CheckView]:
    """All checks, or those of these services, by name. One query."""
    actor.require(VIEW)
    rows = _rows()
    if service_ids is not None:
        rows = rows.filter(service_id__in=_uuids(service_ids))
    at = now()
    return [_view(row, at) for row in rows]


def check(actor: Actor, check_id: str) -> CheckView:
    """One check. One query. Raises `NotFound`."""
    actor.require(VIEW)
    row = _rows().filter(id__in=_uuids([check_id])).first()
    if row is None:
        raise NotFound("There is no such check; it may have been removed.")
    return _view(row, now())


def heartbeat_token(actor: Actor, check_id: str) -> str:
    """The secret part of a heartbeat's address; empty for other kinds. One query. Raises `Denied`, `NotFound`."""
    actor.require(ARRANGE)
    row = Check.objects.filter(id__in=_uuids([check_id]), removed_at=None).first()
    if row is None:
        raise NotFound("There is no such check; it may have been removed.")
    return str(row.token)


def to_ask(actor: Actor, check_id: str) -> ToAsk | None:
    """What to ask; None when the check was removed or paused. One query."""
    actor.require(RECORD)
    row = Check.objects.filter(id__in=_uuids([check_id]), removed_at=None, paused_at=None).defer("token").first()
    return None if row is None else ToAsk(row.kind, row.target, row.expect, row.timeout, row.version)


def counts(actor: Actor, found: Iterable[CheckView] | None = None) -> Counts:
    """How many checks stand how; of `found` when the caller has them already, else one query."""
    views = list(checks(actor) if found is None else found)
    asked = [view for view in views if not view.paused]

    def standing(state: State) -> int:
        return sum(view.state == state for view in asked)

    return Counts(
        total=len(asked),
        ok=standing(State.OK),
        failing=standing(State.FAILING),
        stale=standing(State.STALE),
        unknown=standing(State.UNKNOWN),
        paused=len(views) - len(asked),
    )


def results(
    actor: Actor, check_id: str, *, limit: int = 50, before: int | None = None, failed: bool = False
) -> list[ResultView]:
    """The latest answers of a check, newest first; `before` an id: those older than it. One query."""
    actor.require(VIEW)
    rows = CheckResult.objects.filter(check_row_id__in=_uuids([check_id])).order_by("-id")
    if failed:
        rows = rows.filter(ok=False)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [ResultView(r.id, r.at, r.ok, r.latency_ms, r.answer) for r in rows[: min(limit, _MOST_RESULTS)]]


def series(actor: Actor, check_id: str, since: datetime) -> Series:
    """Answers of a check since then, at most some hundred points. One query."""
    return several_series(actor, [check_id], since).get(check_id) or Series(check_id, timedelta(0), [])


def several_series(actor: Actor, check_ids: Collection[str], since: datetime) -> dict[str, Series]:
    """The same for many checks by id; one without an answer is missing. One query."""
    actor.require(VIEW)
    back = now() - since
    step = timedelta(0) if back <= _SINGLE else _step(back)
    rows = _single(check_ids, since) if not step else _spans(check_ids, since, step)
    found: dict[str, list[Point]] = {}
    for check_id, at, total, timed, runs, failed in rows:
        mean = total / timed if timed else None
        found.setdefault(str(check_id), []).append(Point(at, mean, runs, failed))
    return {id_: Series(id_, step, points) for id_, points in found.items()}


def days(actor: Actor, check_ids: Collection[str], count: int = 90) -> dict[str, list[Point]]:
    """Answers by day (UTC), oldest first, `count` points for each check; a day without any has no runs. One query."""
    return _regular(actor, check_ids, timedelta(days=1), count)


def hours(actor: Actor, check_ids: Collection[str], count: int = 24) -> dict[str, list[Point]]:
    """The same by hour. One query."""
    return _regular(actor, check_ids, timedelta(hours=1), count)


def _regular(actor: Actor, check_ids: Collection[str], step: timedelta, count: int) -> dict[str, list[Point]]:
    actor.require(VIEW)
    last = span_start(now(), int(step.total_seconds()))
    marks = [last - step * n for n in reversed(range(count))]
    known = {
        (str(check_id), at): Point(at, total / timed if timed else None, runs, failed)
        for check_id, at, total, timed, runs, failed in _spans(check_ids, marks[0], step)
    }
    return {id_: [known.get((id_, at), Point(at, None, 0, 0)) for at in marks] for id_ in check_ids}


def _step(back: timedelta) -> timedelta:
    if back <= _FINE:
        return timedelta(minutes=5)
    return timedelta(hours=1) if back <= _HOURLY else timedelta(days=1)


def _single(check_ids: Collection[str], since: datetime) -> Iterable[tuple[object, datetime, int, int, int, int]]:
    rows = CheckResult.objects.filter(check_row_id__in=_uuids(check_ids), at__gte=since).order_by("at", "id")
    for id_, at, took, ok in rows.values_list("check_row_id", "at", "latency_ms", "ok"):
        yield id_, at, took or 0, int(took is not None), 1, int(not ok)


def _spans(
    check_ids: Collection[str], since: datetime, step: timedelta
) -> Iterable[tuple[object, datetime, int, int, int, int]]:
    seconds = int(step.total_seconds())
    rows = CheckSpan.objects.filter(
        check_row_id__in=_uuids(check_ids), seconds=seconds, at__gte=span_start(since, seconds)
    ).order_by("at")
    yield from rows.values_list("check_row_id", "at", "latency_sum", "timed", "runs", "failed")


def _rows() -> "QuerySet[Check]":
    rows = Check.objects.filter(removed_at=None).select_related("service", "standing").defer("token")
    return rows.order_by(F("name"), "id")


def _view(row: Check, at: datetime) -> CheckView:
    standing = row.standing
    stored = State(standing.state)
    grace = timedelta(seconds=int(row.expect.get("grace", 0)))
    state = seen_as(stored, standing.last_at, at, interval=row.interval, grace=grace)
    if row.paused_at:
        state = State.UNKNOWN
    expected = {State.OK: True, State.FAILING: False}.get(stored)
    return CheckView(
        id=str(row.id),
        name=row.name,
        kind=row.kind,
        target=row.target,
        service_id=str(row.service_id) if row.service_id else None,
        service=row.service.name if row.service else "",
        state=state.value,
        last_at=standing.last_at,
        answer=standing.answer,
        latency_ms=standing.latency_ms,
        since=standing.since,
        until=standing.until,
        paused=row.paused_at is not None,
        wavering=not row.paused_at and standing.last_ok is not None and standing.last_ok is not expected,
        interval=row.interval,
        timeout=row.timeout,
        severity=row.severity,
        fail_after=row.fail_after,
        recover_after=row.recover_after,
        expect=row.expect,
        version=row.version,
    )


def _uuids(ids: Iterable[str]) -> list[UUID]:
    """Those that are ids at all: what is not finds nothing."""
    found = []
    for id_ in ids:
        try:
            found.append(UUID(id_))
        except ValueError:
            continue
    return found
