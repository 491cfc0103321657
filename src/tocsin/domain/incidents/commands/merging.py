"""Two incidents are the same trouble: one goes on with what the other has; and the way back while it is worked on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import found, locked, locked_rows, record, save, text
from tocsin.domain.incidents.commands.opening import settle
from tocsin.domain.incidents.commands.sizing import resized
from tocsin.domain.incidents.events import Absorbed, GaveBack, Merged, Unmerged
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State, Verb, move
from tocsin.domain.oncall.commands import How
from tocsin.domain.oncall.rules.urgency import Severity, highest
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid
from tocsin.kernel.ids import id_of

_SIZE = ("severity", "severity_source", "reasons", "alert_severity", "severity_reached")


def merge(actor: Actor, *, incident: str, into: str, reason: str = "", version: int | None = None) -> None:
    """It is the same trouble as `into`, which goes on with its alerts and services. Events on both.

    `unmerge` takes it back as long as that one is worked on.
    """
    actor.require(RESPOND)
    with transaction.atomic():
        row, target = locked_rows(actor, incident, into)
        if version is not None:
            locked(actor, incident, version=version)
        if row.id == target.id:
            raise Invalid("into: an incident cannot be merged into itself; choose another.", field="into")
        if row.restricted and not target.restricted:
            raise Conflict(f"{row.reference} is restricted, {target.reference} is not: merging would show it to all.")
        if State(target.state) not in ACTIVE_STATES:
            raise Conflict(
                f"{target.reference} is {target.state}; merge into one that is still worked on.", field="into"
            )
        said = text(reason, "reason", longest=2000) or f"The same trouble as {target.reference}."
        row.merge_memory = _memory(row, target)
        row.state = move(State(row.state), Verb.MERGE, reason=said).value
        row.merged_into, row.ended_at = target, now()
        save(row, "state", "merged_into", "ended_at", "merge_memory")
        record(row, Merged(author=author(actor), state=row.state, reason=said, into=target.reference), actor)
        why = f"{row.reference} was merged into {target.reference}"
        calling.over(row, why, How.MERGED, actor, into=target.reference)
        settle(row)
        _take_over(actor, row, target)


def unmerge(actor: Actor, *, incident: str, reason: str = "") -> str:
    """The merge was a mistake: the incident is what it was, with the alerts and services that it brought, and pages.

    Returns the reference of the one that goes on without it; that one is as severe as before, unless people or alerts
    sized it since. Events `incidents.unmerged`, `incidents.gave_back`. Raises `Conflict` once that one is over.
    """
    actor.require(RESPOND)
    said = text(reason, "reason", longest=2000)
    with transaction.atomic():
        row, target = _merged(actor, incident)
        was, groups = row.merge_memory, _take_along(row, target)
        row.state, row.merged_into, row.ended_at, row.merge_memory = was["state"], None, None, {}
        save(row, "state", "merged_into", "ended_at", "merge_memory")
        before = Severity(target.severity)
        _size_without(target, row, was["target"])
        record(row, Unmerged(author=author(actor), state=row.state, reason=said, into=target.reference), actor)
        record(target, GaveBack(reference=row.reference, severity=target.severity, groups=groups), actor)
        settle(row)
        settle(target)
        resized(target, before)
        if State(row.state) is not State.MITIGATED:
            calling.page(row, services=calling.service_ids(row))
    return target.reference


def _merged(actor: Actor, incident: str) -> tuple[Incident, Incident]:
    """The merged incident and the one that goes on, locked. Raises `Conflict` when there is no way back."""
    key = found(incident)
    into = Incident.objects.filter(**key).values_list("merged_into_id", flat=True).first() if key else None
    if into is None:
        row = locked(actor, incident)
        raise Conflict(f"{row.reference} is {row.state}, not merged.", field="state")
    row, target = locked_rows(actor, incident, str(into))
    if row.merged_into_id != target.id or not row.merge_memory:
        raise Conflict(
            f"Split off from {target.reference} what is other trouble: what went over is not known any more."
        )
    if State(target.state) not in ACTIVE_STATES:
        raise Conflict(f"{target.reference} is {target.state}; reopen it to take the merge back.", field="state")
    return row, target


def _memory(row: Incident, target: Incident) -> dict[str, Any]:
    """What a merge back needs: what the incident was, what goes over, and how the other one was sized before."""
    known = set(calling.service_ids(target))
    groups = IncidentGroup.objects.filter(incident=row, current=True).values_list("group_id", flat=True)
    return {
        "state": row.state,
        "groups": [str(id_) for id_ in groups],
        "services": [id_ for id_ in calling.service_ids(row) if id_ not in known],
        "target": {name: getattr(target, name) for name in _SIZE} | {"alarm_at": target.alarm_at.isoformat()},
    }


def _take_over(actor: Actor, row: Incident, target: Incident) -> None:
    """The target goes on with alerts and services of the merged one; worse or newly affected pages there."""
    groups = _move_groups(row, target)
    known = set(calling.service_ids(target))
    fresh = [id_ for id_ in calling.service_ids(row) if id_ not in known]
    AffectedService.objects.bulk_create([AffectedService(incident=target, service_id=id_) for id_ in fresh])
    before = Severity(target.severity)
    target.severity = highest([before, Severity(row.severity)]).value
    if target.severity != before:
        why = f"{row.reference}, merged into it, was {Severity(row.severity).word}: {row.title}"
        target.reasons = [*target.reasons, {"fact": "alert", "answer": row.severity, "sentence": why}]
    said = [Severity(s) for s in (target.alert_severity, row.alert_severity) if s]
    target.alert_severity = highest(said).value if said else ""
    target.alarm_at = min(target.alarm_at, row.alarm_at)
    target.severity_reached = _earlier(target.severity_reached, row.severity_reached)
    target.alerts_quiet_at = None if groups else target.alerts_quiet_at
    save(target, "severity", "reasons", "alert_severity", "severity_reached", "alarm_at", "alerts_quiet_at")
    record(target, Absorbed(reference=row.reference, severity=target.severity, groups=groups), actor)
    resized(target, before)
    if fresh:
        calling.page(target, services=fresh)


def _earlier(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Since when either was as severe, by severity."""
    both = [*one.items(), *other.items()]
    return {level: min((at for name, at in both if name == level), key=datetime.fromisoformat) for level, _ in both}


def _move_groups(row: Incident, target: Incident) -> int:
    links = list(IncidentGroup.objects.filter(incident=row, current=True))
    IncidentGroup.objects.filter(incident=target, group_id__in=[link.group_id for link in links]).delete()
    IncidentGroup.objects.filter(id__in=[link.id for link in links]).update(incident=target)
    return len(links)


def _take_along(row: Incident, target: Incident) -> int:
    """Alert groups and services go back, but for what was split off since, or what other alerts speak of as well."""
    was = row.merge_memory
    brought = [id_of(id_) for id_ in was["groups"]]
    IncidentGroup.objects.filter(incident=row, group_id__in=brought).delete()
    groups = IncidentGroup.objects.filter(incident=target, current=True, group_id__in=brought).update(incident=row)
    speaking = IncidentGroup.objects.filter(incident=target, current=True).values_list("service_id", flat=True)
    staying = {str(id_) for id_ in speaking if id_}
    going = [id_of(id_) for id_ in was["services"] if id_ not in staying]
    AffectedService.objects.filter(incident=target, service__in=going).delete()
    return groups


def _size_without(target: Incident, row: Incident, was: dict[str, Any]) -> None:
    """As it was sized before the merge, as long as nobody and nothing sized it since."""
    links = list(IncidentGroup.objects.filter(incident=target, current=True))
    said = [Severity(link.severity) for link in links]
    if target.severity_source == was["severity_source"] and target.severity == _merged_severity(was, row):
        for name in _SIZE:
            setattr(target, name, was[name])
        if target.severity_source == "alert" and said:
            target.severity = highest([Severity(target.severity), *said]).value
    target.alert_severity = highest(said).value if said else was["alert_severity"]
    if target.alarm_at == row.alarm_at:
        target.alarm_at = datetime.fromisoformat(was["alarm_at"])
    quiet = [link.quiet_at for link in links if link.quiet_at is not None]
    target.alerts_quiet_at = max(quiet) if links and len(quiet) == len(links) else None
    save(target, *_SIZE, "alarm_at", "alerts_quiet_at")


def _merged_severity(was: dict[str, Any], row: Incident) -> str:
    return highest([Severity(was["severity"]), Severity(row.severity)]).value
