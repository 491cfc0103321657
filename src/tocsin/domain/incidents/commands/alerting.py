"""What groups of alerts do to incidents. Called by reactions only; each call loads the group as it is now and
brings its incident in line, so that a repeated or overtaken event changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.core.log import together
from tocsin.domain.alerts.queries import GroupRow
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.ending import back
from tocsin.domain.incidents.commands.loading import record, save
from tocsin.domain.incidents.commands.opening import LONGEST_TITLE, Draft, begin, lock_beginnings, settle, settle_soon
from tocsin.domain.incidents.commands.sizing import raise_by_alert, source_says
from tocsin.domain.incidents.events import AlertsBack, AlertsQuiet, AlertsStale, Detected, GroupJoined
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.placing import Place, place
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind, State
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.ids import uuid_of


def group_spoke(group: GroupRow, services: dict[str, str], *, at: datetime) -> None:
    """A group of alerts opened, grew, got worse or fires again (`at`): it belongs to an active incident now.

    `services`: names by id of those it is about. A new incident pages at once, whatever anybody has confirmed; so
    does one that gets worse, wider, or is back within 15 minutes of its resolve.
    """
    with transaction.atomic(), together():
        lock_beginnings()
        link = _link(group.id)
        if link is None:
            link = _first_word(group, services)
            _maybe_quiet(link, group)
            return
        row = Incident.objects.select_for_update().get(id=link.incident_id)
        again = (link.quiet_at is not None or link.stale_at is not None) and group.state == "open"
        worse = Severity(group.severity).rank > Severity(link.severity).rank
        over_at = {State.RESOLVED: row.resolved_at, State.CLOSED: row.closed_at}.get(State(row.state), row.ended_at)
        match place(State(row.state), over_at=over_at, happened_at=at, now=now(), again=again, worse=worse):
            case Place.LEAVE:
                return
            case Place.NEW:
                link.current = False
                link.save(update_fields=["current"])
                _join_or_begin(group, services, continues=row)
                return
            case Place.REOPEN:
                _renew(row, link, group, services, again=again)
                back(TOCSIN, row, f"An alert fired within 15 min of the resolve: {group.title}")
            case Place.STAY:
                _renew(row, link, group, services, again=again)
                if again and State(row.state) is State.MITIGATED:
                    back(TOCSIN, row, f"An alert fires again: {group.title}")


def _first_word(group: GroupRow, services: dict[str, str]) -> IncidentGroup:
    return _join_or_begin(group, services, continues=None)


def _join_or_begin(group: GroupRow, services: dict[str, str], *, continues: Incident | None) -> IncidentGroup:
    host = _host(group, services)
    if host is None:
        return _begin(group, services, continues)
    link = _attach(host, group)
    fresh = _widen(host, services)
    joined = GroupJoined(
        group=group.id, title=group.title, severity=group.severity, new_service=", ".join(fresh.values())
    )
    record(host, joined, TOCSIN)
    _not_quiet(host)
    raise_by_alert(host, Severity(group.severity), _why(group))
    settle(host)
    if fresh:
        calling.page_group(host, group, fresh, severity=Severity(group.severity))
    elif Severity(group.severity) is Severity.UNKNOWN:
        # Nobody knows how bad it is, and that wakes even where people sized the incident lower.
        calling.page_group(host, group, services, severity=Severity.UNKNOWN)
    return link


def _host(group: GroupRow, services: Iterable[str]) -> Incident | None:
    """The newest active incident that bundles this group: of the same service; without one, of the same source.

    Security and restricted incidents bundle nothing: an ordinary outage must not vanish into them.
    """
    rows = Incident.objects.filter(state__in=ACTIVE_STATES, restricted=False).exclude(kind=Kind.SECURITY)
    wanted = [id_ for id_ in map(uuid_of, services) if id_]
    if wanted:
        rows = rows.filter(id__in=AffectedService.objects.filter(service__in=wanted).values("incident"))
    else:
        same = IncidentGroup.objects.filter(current=True, service=None, integration_id=group.integration_id)
        rows = rows.filter(id__in=same.exclude(integration_id="").values("incident"))
        rows = rows.exclude(id__in=AffectedService.objects.values("incident"))
    found = rows.order_by("-number").values_list("id", flat=True).first()
    return Incident.objects.select_for_update().get(id=found) if found else None


def _begin(group: GroupRow, services: dict[str, str], continues: Incident | None) -> IncidentGroup:
    severity = Severity(group.severity)
    draft = Draft(
        title=_short(group.title),
        kind=Kind.DISRUPTION,
        severity=severity,
        state=State.DETECTED,
        source="alert",
        alarm_at=min(group.starts_at, now()),
        reasons=[{"fact": "alert", "answer": severity.value, "sentence": _why(group)}],
        unrouted=group.unrouted,
        continues=continues,
        restricted=continues.restricted if continues else False,
        alert_severity=severity.value,
    )
    row = begin(draft, services)
    link = IncidentGroup.objects.create(incident=row, group_id=group.id, **_facts(group))
    record(row, _detected(row, group, services, continues), TOCSIN)
    settle_soon(row)
    calling.page_group(row, group, services)
    return link


def _detected(row: Incident, group: GroupRow, services: dict[str, str], continues: Incident | None) -> Detected:
    return Detected(
        reference=row.reference,
        title=row.title,
        kind=row.kind,
        severity=row.severity,
        state=row.state,
        restricted=row.restricted,
        group=group.id,
        services=tuple(services.values()),
        reasons=tuple(reason["sentence"] for reason in row.reasons),
        matrix_version=row.matrix_version,
        unrouted=row.unrouted,
        continues=continues.reference if continues else "",
    )


def _renew(row: Incident, link: IncidentGroup, group: GroupRow, services: dict[str, str], *, again: bool) -> None:
    """The group is in this incident already and said something more."""
    worse = Severity(group.severity).rank > Severity(link.severity).rank
    if worse:
        link.severity = group.severity
    if group.state == "open":
        link.quiet_at = link.stale_at = None
    link.save(update_fields=["severity", "quiet_at", "stale_at"])
    if again:
        record(row, AlertsBack(group=group.id, title=group.title), TOCSIN)
        _not_quiet(row)
    fresh = _widen(row, services)
    if worse:
        raise_by_alert(row, Severity(group.severity), _why(group))
    if fresh:
        joined = GroupJoined(
            group=group.id, title=group.title, severity=group.severity, new_service=", ".join(fresh.values())
        )
        record(row, joined, TOCSIN)
        settle(row)
        if State(row.state) in ACTIVE_STATES:
            calling.page_group(row, group, fresh)


def group_settled(group: GroupRow) -> None:
    """Every alert of the group is resolved, or its source is silent. The incident notes it and stays as it is."""
    with transaction.atomic():
        link = _link(group.id)
        if link is not None:
            _maybe_quiet(link, group)


def _maybe_quiet(link: IncidentGroup, group: GroupRow) -> None:
    if group.state == "open":
        return
    row = Incident.objects.select_for_update().get(id=link.incident_id)
    if group.state == "stale" and link.stale_at is None:
        link.stale_at, link.quiet_at = now(), None
        link.save(update_fields=["stale_at", "quiet_at"])
        _not_quiet(row)
        record(row, AlertsStale(group=group.id, title=group.title), TOCSIN)
    elif group.state == "quiet" and link.quiet_at is None:
        link.quiet_at, link.stale_at = group.quiet_at or now(), None
        link.save(update_fields=["quiet_at", "stale_at"])
        loud = IncidentGroup.objects.filter(incident=row, current=True, quiet_at=None)
        if row.alerts_quiet_at is None and not loud.exists():
            row.alerts_quiet_at = now()
            save(row, "alerts_quiet_at")
            groups = IncidentGroup.objects.filter(incident=row, current=True).count()
            record(row, AlertsQuiet(groups=groups), TOCSIN)


def _link(group_id: str) -> IncidentGroup | None:
    return IncidentGroup.objects.select_for_update().filter(group_id=group_id, current=True).first()


def _attach(row: Incident, group: GroupRow) -> IncidentGroup:
    link, _ = IncidentGroup.objects.update_or_create(
        incident=row,
        group_id=group.id,
        defaults=_facts(group),
    )
    return link


def _facts(group: GroupRow) -> dict[str, Any]:
    return {
        "current": True,
        "title": _short(group.title),
        "severity": group.severity,
        "service_id": group.service_id,
        "integration_id": group.integration_id or "",
        "integration": group.integration[:80],
        "unrouted": group.unrouted,
        "starts_at": group.starts_at,
        "joined_at": now(),
        "quiet_at": None,
        "stale_at": None,
    }


def _widen(row: Incident, services: dict[str, str]) -> dict[str, str]:
    """Add the services that the incident did not affect so far; returns them."""
    known = set(calling.service_ids(row))
    fresh = {id_: name for id_, name in services.items() if id_ not in known}
    AffectedService.objects.bulk_create([AffectedService(incident=row, service_id=id_) for id_ in fresh])
    return fresh


def _not_quiet(row: Incident) -> None:
    """An alert speaks: it is not quiet, and what was validated before proves nothing any more."""
    row.bad_signal_at = now()
    # The version stays: an alert must not refuse what a person is just typing.
    Incident.objects.filter(id=row.id).update(bad_signal_at=row.bad_signal_at)
    if row.alerts_quiet_at is not None:
        row.alerts_quiet_at = None
        save(row, "alerts_quiet_at")


def _why(group: GroupRow) -> str:
    return source_says(group.integration, Severity(group.severity), _short(group.title))


def _short(title: str) -> str:
    text = title.strip() or "Alert without a title"
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"
