"""What checks answered: into results, spans and state; transitions into the log and to the alerts; when to ask next."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from tocsin.core.log import append
from tocsin.core.work import enqueue_many
from tocsin.domain.monitoring import events
from tocsin.domain.monitoring.commands.telling import alarm, all_clear
from tocsin.domain.monitoring.jobs import ask, asking, lane
from tocsin.domain.monitoring.models import Check, CheckResult, CheckSpan, CheckState
from tocsin.domain.monitoring.permissions import RECORD
from tocsin.domain.monitoring.ports import HEARTBEAT, Finding
from tocsin.domain.monitoring.rules.standing import REPEAT_ALERT, Standing, State, judge, next_due, span_start
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import token_hash

SPANS = (300, 3600, 86400)
"""Seconds of the spans that answers are summed up in."""
_KEEP_BATCH = 500


def record(actor: Actor, *, check_id: str, version: int, finding: Finding) -> None:
    """Write down one finding, and ask again when it is time. Events: CheckFailed, CheckRecovered.

    A finding about an earlier version of the check is dropped, one about a paused or removed check too.
    """
    actor.require(RECORD)
    at = now()
    with transaction.atomic():
        standing = _locked(check_id)
        if standing is None:
            return
        row = standing.check_row
        if version != row.version:
            ask(check_id, at)
            return
        after = _take(actor, standing, finding, at, row.fail_after, row.recover_after)
        due = next_due(after, finding.ok, at, interval=row.interval, seed=check_id)
        ask(check_id, due, lane(finding.latency_ms, ok=finding.ok))


def beat(actor: Actor, *, token: str) -> None:
    """A job elsewhere called the address of its heartbeat. Event: CheckRecovered. Raises `NotFound`."""
    actor.require(RECORD)
    at = now()
    with transaction.atomic():
        found = Check.objects.filter(token_hash=token_hash(token), removed_at=None).values_list("id", flat=True).first()
        standing = _locked(str(found)) if found else None
        if found and standing is None:
            return
        if standing is None:
            raise NotFound("There is no heartbeat at this address; copy it anew from the check.")
        row = standing.check_row
        _take(actor, standing, Finding(True, "Called on time" if standing.state == State.OK else "Called"), at, 1, 1)
        ask(str(row.id), at + row.interval + _grace(row))


def judge_silence(actor: Actor, *, check_id: str) -> None:
    """A heartbeat's time is over: without a call since, it fails. Event: CheckFailed."""
    actor.require(RECORD)
    at = now()
    with transaction.atomic():
        standing = _locked(check_id)
        if standing is None:
            return
        row = standing.check_row
        called = CheckResult.objects.filter(check_row=row, ok=True).order_by("-at").values_list("at", flat=True).first()
        if called is not None and at < called + row.interval + _grace(row):
            ask(check_id, called + row.interval + _grace(row))
            return
        late = human_duration(at - called - row.interval) if called else ""
        answer = f"Not called; it is {late} late" if late else "Not called"
        _take(actor, standing, Finding(False, answer), at, 1, 1)
        ask(check_id, at + row.interval)


def keep_asking(actor: Actor) -> int:
    """Put in the jobs of checks that should have been asked and have none, after whatever went wrong."""
    actor.require(RECORD)
    at = now()
    asked = Q(standing__last_at__lt=at - timedelta(minutes=1)) | Q(standing__last_at=None) & ~Q(kind=HEARTBEAT)
    rows = Check.objects.filter(asked, removed_at=None, paused_at=None).order_by("standing__last_at")
    late = [
        str(id_)
        for id_, last_at, interval in rows.values_list("id", "standing__last_at", "interval")
        if last_at is None or at - last_at > interval * 2
    ]
    for start in range(0, len(late), _KEEP_BATCH):
        # A check whose job is still there keeps it as it is.
        enqueue_many([asking(id_, at) for id_ in late[start : start + _KEEP_BATCH]])
    return len(late)


def _locked(check_id: str) -> CheckState | None:
    """The standing of a living check, locked; None when it was removed or paused meanwhile."""
    rows = CheckState.objects.select_for_update(of=("self",)).select_related("check_row")
    return rows.filter(check_row_id=UUID(check_id), check_row__removed_at=None, check_row__paused_at=None).first()


def _take(
    actor: Actor, standing: CheckState, finding: Finding, at: datetime, fail_after: int, recover_after: int
) -> Standing:
    row = standing.check_row
    before = Standing(State(standing.state), standing.since, standing.good, standing.bad, standing.bad_since)
    after = judge(before, finding.ok, at, fail_after=fail_after, recover_after=recover_after)
    _keep(row, finding, at)
    standing.state, standing.since = after.state.value, after.since
    standing.good, standing.bad, standing.bad_since = after.good, after.bad, after.bad_since
    standing.last_at, standing.last_ok, standing.until = at, finding.ok, finding.until
    standing.answer, standing.latency_ms = finding.answer[:300], finding.latency_ms
    standing.told_at = _tell(actor, row, before, after, standing, at)
    standing.save()
    return after


def _keep(row: Check, finding: Finding, at: datetime) -> None:
    CheckResult.objects.create(
        check_row=row, at=at, ok=finding.ok, latency_ms=finding.latency_ms, answer=finding.answer[:300]
    )
    timed, took = finding.latency_ms is not None, finding.latency_ms or 0
    for seconds in SPANS:
        span = {"check_row": row, "seconds": seconds, "at": span_start(at, seconds)}
        known = CheckSpan.objects.filter(**span).update(
            runs=F("runs") + 1,
            failed=F("failed") + int(not finding.ok),
            timed=F("timed") + int(timed),
            latency_sum=F("latency_sum") + took,
            latency_max=Greatest(F("latency_max"), Value(took)),
        )
        if not known:
            CheckSpan.objects.create(
                **span, runs=1, failed=int(not finding.ok), timed=int(timed), latency_sum=took, latency_max=took
            )


def _tell(
    actor: Actor, row: Check, before: Standing, after: Standing, standing: CheckState, at: datetime
) -> datetime | None:
    """Transitions into the log and to the alerts; returns when the alert was last raised."""
    service = str(row.service_id) if row.service_id else None
    if after.state is State.FAILING:
        if before.state is not State.FAILING:
            since = after.bad_since or at
            failed = events.CheckFailed(
                name=row.name, answer=standing.answer, since=since, times=after.bad, service_id=service
            )
            append(f"check:{row.id}", failed, actor)
        elif standing.last_ok or (standing.told_at and at - standing.told_at < REPEAT_ALERT):
            return standing.told_at
        alarm(actor, row, standing.answer)
        return at
    if before.state is State.FAILING:
        recovered = events.CheckRecovered(
            name=row.name, answer=standing.answer, since=before.since or at, service_id=service
        )
        append(f"check:{row.id}", recovered, actor)
        all_clear(actor, row)
        return None
    return standing.told_at


def _grace(row: Check) -> timedelta:
    return timedelta(seconds=int(row.expect.get("grace", 60)))
