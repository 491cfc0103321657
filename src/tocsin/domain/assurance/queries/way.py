"""An alert's whole way as stages: received, deduplicated, kept quiet or not, routed, grouped, incident, every page with
every delivery attempt and its provider's answer, acknowledged, over; with the time between and what happens next.

Reads what each room has written. What the reader may not see has no way: the rooms' own gates decide.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertRow, GroupRow
from tocsin.domain.alerts.tracing import Tried, routes_tried
from tocsin.domain.delivery.ports import AttemptView, DeliveryView
from tocsin.domain.delivery.queries import deliveries
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import PageView, PagingView
from tocsin.domain.oncall.rules.ending import PURPOSE as END_TOLD
from tocsin.kernel.actor import Actor

_SENT = ("sent", "delivered")
_ENDS = frozenset({"resolved", "closed", "dismissed", "merged"})
_ANSWER = 140


@dataclass(frozen=True, slots=True)
class WayLine:
    """Something below a stage: a route that was asked, an attempt with its answer. `state` as of a stage."""

    text: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WayStage:
    """One stage. `state`: done, now, wait or failed; `after`: the time since the stage before."""

    key: str
    name: str
    state: str
    at: datetime | None
    proof: str
    url: str = ""
    lines: tuple[WayLine, ...] = ()
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AlertWay:
    """All stages in order. `moving`: the next one is still to come; `next_what` completes 'Next: …'."""

    alert: AlertRow
    stages: tuple[WayStage, ...]
    moving: bool
    next_at: datetime | None
    next_what: str


def way(actor: Actor, alert_id: str) -> AlertWay:
    """The way of one alert. A fixed number of queries. Raises `NotFound` for one that the actor may not see."""
    row = alerts.alert(actor, alert_id)
    stages = [_received(row), _deduplicated(row)]
    if row.muted and row.group_id is None:
        return _done(row, [*stages, _muted(actor, row)])
    stages.append(_muted(actor, row))
    if row.group_id is None:
        return _done(row, stages, "Grouped", "It waits for others like it.", "Incident", "Paged", moving=True)
    group = alerts.group(actor, row.group_id)
    stages += [_routed(actor, row, group), _grouped(group)]
    incident = incidents.incident_of_group(actor, group.id)
    if incident is None:
        silent = group.flushed_at is None
        words = "The group has not spoken yet." if silent else "It is being proposed."
        return _done(row, stages, "Incident", words, "Paged", moving=group.state == "open")
    paging = oncall.paging(actor, f"incident:{incident.id}")
    stages += [_incident(incident), *_paged(incident, paging), *_over(actor, incident)]
    moving = row.state == "firing" and not paging.acknowledged_by and paging.state in ("running", "exhausted")
    return _done(row, stages, moving=moving, paging=paging)


def _done(
    row: AlertRow, stages: list[WayStage], *rest: str, moving: bool = False, paging: PagingView | None = None
) -> AlertWay:
    """The stages with the time between; `rest`: the one under way, its words, and those after it."""
    if rest:
        stages = [*stages, WayStage(rest[0].lower(), rest[0], "now", None, rest[1])]
        stages += [WayStage(name.lower(), name, "wait", None, "") for name in rest[2:]]
    timed: list[WayStage] = []
    before: datetime | None = None
    for stage in stages:
        after = stage.at - before if stage.at and before and stage.at >= before else None
        timed.append(replace(stage, after=after))
        before = max(filter(None, (before, stage.at)), default=None)
    next_at, what = (paging.next_at, paging.next_what) if paging and moving else (None, "")
    return AlertWay(row, tuple(timed), moving, next_at, what)


def _received(row: AlertRow) -> WayStage:
    return WayStage("received", "Received", "done", row.starts_at, f"By {row.integration}: {row.title}, {row.severity}")


def _deduplicated(row: AlertRow) -> WayStage:
    key = row.dedup_key or row.fingerprint
    times = "one signal" if row.count == 1 else f"{row.count} signals, one alert"
    return WayStage(
        "deduplicated", "Deduplicated", "done", row.last_seen if row.count == 1 else None, f"{times}, by {key}"
    )


def _muted(actor: Actor, row: AlertRow) -> WayStage:
    if not row.muted:
        return WayStage("muted", "Kept quiet", "done", None, "No: no silence, inhibition or maintenance covers it")
    why = "; ".join(alerts.mute_reasons(actor, [row]).get(row.id, ())) or "It is kept quiet"
    return WayStage("muted", "Kept quiet", "failed", None, f"{why}. It pages nobody.", "/settings/alert-rules/")


def _routed(actor: Actor, row: AlertRow, group: GroupRow) -> WayStage:
    tried = routes_tried(actor, row.id)
    lines = tuple(_tried(one) for one in tried)
    if group.unrouted:
        return WayStage("routed", "Routed", "failed", group.created_at, group.unrouted, lines=lines)
    taken = f"The route {group.route} takes it" if group.route else "The integration's own service takes it"
    where = f"{taken}: {group.service}" if group.service else taken
    return WayStage("routed", "Routed", "done", group.created_at, where, lines=lines)


def _tried(one: Tried) -> WayLine:
    return WayLine(f"{one.name}: {'takes it, ' if one.took else ''}{one.why}", "done" if one.took else "wait")


def _grouped(group: GroupRow) -> WayStage:
    same = ", ".join(f"{name}={value}" for name, value in list(group.labels.items())[:5]) or "all that the route takes"
    words = f"With what agrees in {same}; {group.total} alert{'' if group.total == 1 else 's'}"
    if group.flushed_at is None:
        return WayStage(
            "grouped", "Grouped", "now", group.created_at, f"{words}. It waits for others before it speaks."
        )
    return WayStage("grouped", "Grouped", "done", group.flushed_at, words)


def _incident(row: IncidentRow) -> WayStage:
    return WayStage("incident", "Incident", "done", row.alarm_at, f"{row.reference} {row.title}", row.url)


def _paged(row: IncidentRow, view: PagingView) -> list[WayStage]:
    url = f"{row.url}notifications/"
    if not view.pages:
        words = f"Next: {view.next_what}." if view.next_at else "Nobody has been paged yet."
        return [WayStage("paged", "Paged", "now", None, words, url)]
    stages = [_page(page, url) for page in reversed(view.pages)]
    if view.acknowledged_by:
        via = f" by {view.acknowledged_via}" if view.acknowledged_via else ""
        words = f"{view.acknowledged_by} acknowledged{via}"
        stages.append(WayStage("acknowledged", "Acknowledged", "done", view.acknowledged_at, words, url))
    elif view.state == "stopped":
        stages.append(
            WayStage("acknowledged", "Acknowledged", "failed", None, "Paging is over without an answer.", url)
        )
    else:
        stages.append(WayStage("acknowledged", "Acknowledged", "now", None, "Nobody has answered yet.", url))
    return stages


def _page(page: PageView, url: str) -> WayStage:
    lines = tuple(line for delivery in page.deliveries for line in _attempts(delivery))
    what = page.what_next
    if page.answer_by:
        # The moment stands in a line of its own: there the screen tells it on its viewer's clock.
        what = "waits for an answer"
        lines = (*lines, WayLine("without an answer it goes on", "wait", page.answer_by))
    arrived = any(delivery.state in _SENT for delivery in page.deliveries)
    failed = page.state == "unreachable" or (
        bool(page.deliveries) and all(delivery.state == "failed" for delivery in page.deliveries)
    )
    state = "failed" if failed else "done" if arrived or page.state != "open" else "now"
    return WayStage("paged", "Paged", state, page.paged_at, f"{page.person}: {page.reason}; {what}", url, lines)


def _over(actor: Actor, row: IncidentRow) -> list[WayStage]:
    """How it ended, and which message told those who had been paged; nothing while it goes on."""
    if row.state not in _ENDS:
        return []
    told = deliveries(actor, subject=f"incident:{row.id}", purpose=END_TOLD)
    lines = tuple(line for delivery in reversed(told) for line in _attempts(delivery))
    words = f"{row.reference} is {row.state}" + ("; who was paged was told" if told else "")
    return [WayStage("over", "Over", "done", row.resolved_at, words, row.url, lines)]


def _attempts(delivery: DeliveryView) -> list[WayLine]:
    """Each attempt with its answer; the same answer again and again is one line."""
    name = f"{delivery.word} {delivery.address_hint}".strip()
    if not delivery.attempts:
        state = "failed" if delivery.state in ("failed", "suppressed") else "now"
        answer = f", {_clipped(delivery.answer)}" if delivery.answer else ""
        return [WayLine(f"{name}: {delivery.state}{answer}", state, delivery.created_at)]
    alike = [list(few) for _, few in groupby(delivery.attempts, key=lambda one: (one.outcome, one.answer))]
    return [_alike(name, few) for few in alike]


def _alike(name: str, attempts: list[AttemptView]) -> WayLine:
    first, last = attempts[0], attempts[-1]
    numbers = f"attempt {first.number}" if first is last else f"attempts {first.number} to {last.number}"
    answer = f", {_clipped(last.answer)}" if last.answer else ""
    took = f" ({last.duration_ms} ms)" if last.outcome else ""
    looks = {"accepted": "done", "": "now"}
    text = f"{name}, {numbers}: {last.outcome or 'under way'}{answer}{took}"
    return WayLine(text, looks.get(last.outcome, "failed"), last.at)


def _clipped(answer: str) -> str:
    """A provider may answer at length; the delivery board has the whole of it."""
    return answer if len(answer) <= _ANSWER else f"{answer[:_ANSWER].rstrip()}…"
