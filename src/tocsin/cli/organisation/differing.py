"""What differs between two entries, in words; and the one spelling in which entries are compared.

Pure: nothing here is read from or written to a room.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from tocsin.cli.organisation.document import ContactMethod, Document, Entry, Organisation
from tocsin.domain.alerts.rules.routing import parse_matchers
from tocsin.kernel.actor import Role
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `mark` is + (added), ~ (changed) or - (removed)."""

    mark: str
    what: str
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.mark} {self.what}" + (f": {'; '.join(self.words)}" if self.words else "")


def details(old: Entry | None, new: Entry) -> tuple[str, ...]:
    """Each field that differs as 'field: before -> after'; fields left out (None) differ from nothing."""
    if old is None:
        known_by = getattr(new, "email", "") or getattr(new, "slug", "")
        return (getattr(new, "name", ""),) if known_by else ()
    words = []
    for found in msgspec.structs.fields(type(new)):
        before, after = getattr(old, found.name), getattr(new, found.name)
        if after is not None and _comparable(before) != _comparable(after):
            words.append(f"{found.name} {_shown(before)} -> {_shown(after)}")
    return tuple(words)


def normal(document: Document) -> Document:
    """The same document with addresses, matchers, roles and lists spelled as rooms keep them."""
    for person in document.people:
        person.email = _email(person.email)
        person.roles = sorted(set(person.roles), key=_rank)
        person.skills = sorted({skill.strip().lower() for skill in person.skills if skill.strip()})
        if person.phone:
            person.phone = "+" + "".join(c for c in person.phone if c.isdigit())
        for method in person.contact_methods or []:
            method.address = method.address.strip()
    for team in document.teams:
        team.members = sorted({_email(text) for text in team.members})
    for service in document.services:
        service.needs = sorted(set(service.needs))
    for schedule in document.schedules:
        for layer in schedule.layers:
            layer.people = [_email(text) for text in layer.people]
            layer.time_zone = "" if layer.time_zone == schedule.time_zone else layer.time_zone
    _normal_policies(document)
    if document.organisation is not None:
        _normal_organisation(document.organisation)
    return document


def _normal_policies(document: Document) -> None:
    for step in (step for policy in document.policies for step in policy.steps):
        for target in step.page:
            target.person = _email(target.person)
        if step.when is not None:
            step.when.severities, step.when.kinds = sorted(step.when.severities), sorted(step.when.kinds)


def _normal_organisation(entry: Organisation) -> None:
    if entry.catch_all is not None:
        entry.catch_all = sorted({_email(text) for text in entry.catch_all})
    if entry.closed_dates is not None:
        entry.closed_dates = sorted(entry.closed_dates)


def _email(text: str) -> str:
    return text.strip().lower()


def _rank(role: str) -> int:
    return list(Role).index(Role(role)) if role in set(Role) else len(Role)


def _comparable(value: Any) -> Any:
    """Values that mean the same are equal: durations, matchers; whether an address is proved plays no part."""
    if isinstance(value, ContactMethod):
        return (value.kind, value.address, value.label, value.enabled)
    if isinstance(value, Entry):
        return {f.name: _comparable(_meaning(f.name, getattr(value, f.name))) for f in msgspec.structs.fields(value)}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return value


def _meaning(field: str, value: Any) -> Any:
    try:
        if field in {"wait", "every"} and value and value not in {"hours", "days", "weeks"}:
            return parse_duration(value)
        if field == "match":
            return tuple(str(matcher) for matcher in parse_matchers(value))
    except Invalid:
        return value
    return value


def _shown(value: Any) -> str:
    if value in ("", None, [], {}):
        return "nothing"
    if isinstance(value, list) and value and isinstance(value[0], Entry):
        return f"{len(value)} " + ("entry" if len(value) == 1 else "entries")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
