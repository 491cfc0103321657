"""Folds the log of an incident into what its row must say: the proof that nothing changed without an entry. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tocsin.core.log import Event, Recorded
from tocsin.domain.incidents.events import (
    Absorbed,
    Assessed,
    Changed,
    Confirmed,
    Declared,
    Detected,
    Moved,
    Released,
    Restricted,
    RoleEnded,
    RoleTaken,
    SeverityRaised,
    Split,
)


@dataclass(slots=True)
class Folded:
    """State, severity, kind, holders of roles and restriction, as the log tells them."""

    state: str = ""
    severity: str = ""
    kind: str = ""
    restricted: bool = False
    roles: dict[str, str] = field(default_factory=dict)


def fold(entries: Iterable[Recorded[Event]]) -> Folded:
    """The incident after these entries of its stream, oldest first."""
    found = Folded()
    for entry in entries:
        _apply(found, entry.event)
    return found


def _apply(found: Folded, event: Event) -> None:
    match event:
        case Declared() | Detected():
            found.state, found.severity, found.kind = event.state, event.severity, event.kind
            found.restricted = event.restricted
        case Confirmed():
            found.state, found.severity, found.kind = event.state, event.severity, event.kind
        case Moved():
            found.state = event.state
        case Assessed() | SeverityRaised() | Absorbed():
            found.severity = event.severity
        case Split():
            found.severity = event.severity or found.severity
        case Changed():
            found.kind = event.kind or found.kind
        case RoleTaken():
            found.roles[event.role] = event.person
        case RoleEnded():
            found.roles.pop(event.role, None)
        case Released():
            found.restricted = False
        case Restricted():
            found.restricted = True
        case _:
            pass
