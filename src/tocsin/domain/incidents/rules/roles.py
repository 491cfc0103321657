"""The roles of an incident: who is missing, and who has carried one for too long.

Hides which kind of incident needs whom. Never assigns anybody.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Role
from tocsin.kernel.errors import Invalid

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}\Z")
COMMANDER_REMINDER = timedelta(hours=4)
"""After this long a commander is reminded to hand over (the product's defaults, Severity)."""


class RoleName(StrEnum):
    """The roles that every house has. Any other slug is a role of its own."""

    COMMANDER = "commander"
    OPERATIONS = "operations"
    COMMUNICATIONS = "communications"
    SECURITY = "security"
    SCRIBE = "scribe"
    LIAISON = "liaison"

    @property
    def words(self) -> str:
        """As screens show it."""
        return role_words(self)


_WORDS = {
    "commander": "Incident Commander",
    "operations": "Operations Lead",
    "communications": "Communications Lead",
    "security": "Security Lead",
    "scribe": "Scribe",
    "liaison": "Liaison",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person in a role since then. Until it is accepted, the role counts as not covered."""

    role: str
    person: str
    since: datetime
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """A role that ought to be covered and is not, and what to do."""

    role: str
    sentence: str


def role_words(role: str) -> str:
    """A role's name as screens show it; a custom one by its slug."""
    return _WORDS.get(role, role.replace("-", " ").replace("_", " ").capitalize())


def role_slug(role: str, field: str = "role") -> str:
    """A role's slug: of the house's, or one of its own. Raises `Invalid`."""
    slug = role.strip().lower()
    if not _SLUG.match(slug):
        raise Invalid(f"{field}: use lower-case letters, digits and hyphens, such as data-lead.", field=field)
    return slug


def needed(kind: Kind, severity: Severity) -> tuple[RoleName, ...]:
    """The roles that this kind and severity should have, the commander first."""
    roles = [RoleName.COMMANDER]
    if kind is Kind.SECURITY:
        roles.append(RoleName.SECURITY)
    if severity.is_at_least(Severity.HIGH):
        if kind is not Kind.SECURITY:
            roles.append(RoleName.OPERATIONS)
        roles.append(RoleName.COMMUNICATIONS)
    if severity.is_at_least(Severity.UNKNOWN):
        roles.append(RoleName.SCRIBE)
    if severity is Severity.LOW and kind is not Kind.SECURITY:
        roles.remove(RoleName.COMMANDER)
    return tuple(roles)


_RESPOND = frozenset({Role.RESPONDER.value, Role.COMMANDER.value})
_SUITS: dict[RoleName, frozenset[str]] = {
    RoleName.COMMANDER: frozenset({Role.COMMANDER.value}),
    RoleName.OPERATIONS: _RESPOND,
    RoleName.COMMUNICATIONS: frozenset({Role.COMMUNICATOR.value}),
    RoleName.SECURITY: frozenset({Role.SECURITY.value}),
    RoleName.SCRIBE: _RESPOND | {Role.COMMUNICATOR.value, Role.AGENT.value},
    RoleName.LIAISON: frozenset({Role.COMMUNICATOR.value, Role.AGENT.value}),
}


def suits(role: RoleName, roles: Iterable[str]) -> bool:
    """Whether a person with these roles in the organisation is a natural choice; others may be chosen all the same."""
    return bool(_SUITS[role] & set(roles))


OFF_SHIFT_SOON = timedelta(minutes=30)
"""How long before the end of a commander's shift the next one is looked for."""
TOO_MANY = 3
"""Roles that one person cannot carry together."""


def off_shift(assignments: Iterable[Assignment], ends: Mapping[str, datetime], now: datetime) -> tuple[Gap, ...]:
    """The commander's shift ends within half an hour. `ends` is by person, the end of their shift."""
    for each in assignments:
        end = ends.get(each.person)
        if each.role == RoleName.COMMANDER and each.accepted and end and now <= end <= now + OFF_SHIFT_SOON:
            minutes = max(1, int((end - now).total_seconds() // 60))
            sentence = f"The Incident Commander's shift ends in {minutes} min; hand over before."
            return (Gap(RoleName.COMMANDER, sentence),)
    return ()


def coverage(
    kind: Kind, severity: Severity, assignments: Iterable[Assignment], *, is_open: bool = True
) -> tuple[Gap, ...]:
    """What is not covered: needed roles nobody has accepted, one person leading too much, or holding three roles."""
    if not is_open:
        return ()
    held = list(assignments)
    found = []
    for role in needed(kind, severity):
        holders = [each for each in held if each.role == role]
        if not holders:
            found.append(Gap(role, f"Nobody is {role.words}; assign someone."))
        elif not any(each.accepted for each in holders):
            found.append(Gap(role, f"{role.words} has been assigned but not accepted; ask, or assign another."))
    commanders = {each.person for each in held if each.role == RoleName.COMMANDER}
    if severity.is_at_least(Severity.UNKNOWN):
        found += [
            Gap(each.role, f"The Incident Commander is also {role_words(each.role)}; give one of the two away.")
            for each in held
            if each.person in commanders and each.role in (RoleName.OPERATIONS, RoleName.COMMUNICATIONS)
        ]
    carried = Counter(each.person for each in held if each.accepted)
    for person, count in carried.items():
        if count >= TOO_MANY:
            last = sorted((e for e in held if e.person == person and e.accepted), key=lambda e: e.since)[-1]
            found.append(Gap(last.role, f"One person holds {count} roles; give {role_words(last.role)} away."))
    return tuple(found)


def handover_due_at(assignments: Iterable[Assignment]) -> datetime | None:
    """When the present commander is to be reminded to hand over; None without one."""
    since = [each.since for each in assignments if each.role == RoleName.COMMANDER and each.accepted]
    return max(since) + COMMANDER_REMINDER if since else None


def handover_due(assignments: Iterable[Assignment], now: datetime) -> Assignment | None:
    """The commander who has led for four hours or more; None while nobody has."""
    leading = [each for each in assignments if each.role == RoleName.COMMANDER and each.accepted]
    if not leading:
        return None
    latest = max(leading, key=lambda each: each.since)
    return latest if now - latest.since >= COMMANDER_REMINDER else None
