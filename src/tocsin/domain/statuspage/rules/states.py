"""States of components, incidents and maintenance as Statuspage v2 spells them, and what follows from them.

Hides the order from well to worst. Never decides who may publish, and changes nothing by itself.
"""

from collections.abc import Iterable
from enum import StrEnum

from tocsin.kernel.errors import Invalid


class ComponentStatus(StrEnum):
    """How a component does, from well to worst."""

    OPERATIONAL = "operational"
    MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    MAJOR = "major_outage"

    @property
    def rank(self) -> int:
        """0 is well, 4 the worst."""
        return list(ComponentStatus).index(self)


class IncidentStatus(StrEnum):
    """How far people are with an incident."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"


class MaintenanceStatus(StrEnum):
    """How far scheduled maintenance is."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class Impact(StrEnum):
    """How bad an incident is for users, from nothing to worst; maintenance stands apart."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 is nothing, 4 the worst."""
        return list(Impact).index(self)


INCIDENT, MAINTENANCE = "incident", "maintenance"
OVER = frozenset({IncidentStatus.RESOLVED.value, IncidentStatus.POSTMORTEM.value, MaintenanceStatus.COMPLETED.value})
"""States in which nothing is expected any more."""
ACTIVE_MAINTENANCE = frozenset({MaintenanceStatus.IN_PROGRESS.value, MaintenanceStatus.VERIFYING.value})

_IMPACT = {
    ComponentStatus.OPERATIONAL: Impact.NONE,
    ComponentStatus.MAINTENANCE: Impact.NONE,
    ComponentStatus.DEGRADED: Impact.MINOR,
    ComponentStatus.PARTIAL: Impact.MAJOR,
    ComponentStatus.MAJOR: Impact.CRITICAL,
}
_OF_SEVERITY = {
    "critical": ComponentStatus.MAJOR,
    "high": ComponentStatus.PARTIAL,
    "medium": ComponentStatus.DEGRADED,
}
_DESCRIPTIONS = {
    Impact.NONE: "All Systems Operational",
    Impact.MINOR: "Minor Service Outage",
    Impact.MAJOR: "Partial System Outage",
    Impact.CRITICAL: "Major Service Outage",
    Impact.MAINTENANCE: "Service Under Maintenance",
}


def statuses(kind: str) -> tuple[str, ...]:
    """The states that an incident or maintenance can have, in their order."""
    return tuple(IncidentStatus if kind == INCIDENT else MaintenanceStatus)


def checked(kind: str, status: str) -> str:
    """The state, if this kind has it. Raises `Invalid` naming the choices."""
    if status not in statuses(kind):
        raise Invalid(f"status: choose one of {', '.join(statuses(kind))}.", field="status")
    return status


def component_status(value: str) -> ComponentStatus:
    """The state of a component. Raises `Invalid` naming the choices."""
    try:
        return ComponentStatus(value)
    except ValueError:
        raise Invalid(f"components: choose one of {', '.join(ComponentStatus)}.", field="components") from None


def worst(found: Iterable[str]) -> ComponentStatus:
    """The worst of them; operational for none."""
    return max(map(ComponentStatus, found), key=lambda status: status.rank, default=ComponentStatus.OPERATIONAL)


def impact_of(found: Iterable[str]) -> Impact:
    """What an incident with these component states means: degraded minor, partial major, major outage critical."""
    return _IMPACT[worst(found)]


def status_for(severity: str) -> ComponentStatus:
    """How a component of an affected service does at this severity, until a person says otherwise."""
    return _OF_SEVERITY.get(severity, ComponentStatus.OPERATIONAL)


def indicator(components: Iterable[str], impacts: Iterable[str]) -> tuple[Impact, str]:
    """(none, minor, major or critical; its description) of the page, by its components and open incidents.

    Maintenance does not raise the indicator, only the description says so: that is Statuspage's rule.
    """
    listed = list(components)
    found = [impact_of(listed), *(Impact(impact) for impact in impacts if impact != Impact.MAINTENANCE)]
    top = max(found, key=lambda impact: impact.rank)
    under_way = top is Impact.NONE and ComponentStatus.MAINTENANCE in listed
    return top, _DESCRIPTIONS[Impact.MAINTENANCE if under_way else top]
