"""The catalogue as a YAML file: reading it with every fault named, writing it so that it reads back the same.

Never touches a table and never resolves names: `commands.py` compares the file with what stands.

    services:
      - slug: checkout
        name: Checkout
        kind: service
        tier: 1
        owner: shop
        needs: [payments, database]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from tocsin.domain.catalog.rules.fields import clean_description, clean_kind, clean_name, clean_slug, clean_tier
from tocsin.kernel.errors import Invalid

MAX_CHARACTERS = 2_000_000
_KEYS = {"slug", "name", "description", "kind", "tier", "owner", "needs"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One service as a file lists it; `owner` is a team's slug, `needs` are slugs of services, sorted."""

    slug: str
    name: str
    description: str = ""
    kind: str = "service"
    tier: int = 3
    owner: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a file and the catalogue: `verb` is add, change or remove."""

    verb: str
    slug: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        mark = {"add": "+", "change": "~", "remove": "-"}[self.verb]
        return f"{mark} service {self.slug}" + (f": {'; '.join(self.details)}" if self.details else "")


def read(text: str) -> list[Listed]:
    """The services of a file, in its order. Raises `Invalid` saying which entry is wrong and how to mend it."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"file: it is longer than {MAX_CHARACTERS} characters; split it.", field="file")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise Invalid(f"file: this is not YAML{line}; check its indentation and quotes.", field="file") from error
    if not isinstance(content, dict) or not isinstance(content.get("services"), list):
        raise Invalid("file: it must hold a list called 'services'.", field="file")
    found = [_entry(number, entry) for number, entry in enumerate(content["services"], 1)]
    seen: set[str] = set()
    for listed in found:
        if listed.slug in seen:
            raise Invalid(f"file: the service '{listed.slug}' is listed twice; keep one.", field="file")
        seen.add(listed.slug)
    return found


def write(services: Iterable[Listed]) -> str:
    """The file of these services, by slug; empty fields are left out."""
    entries = []
    for service in sorted(services, key=lambda listed: listed.slug):
        entry: dict[str, Any] = {"slug": service.slug, "name": service.name}
        if service.description:
            entry["description"] = service.description
        entry |= {"kind": service.kind, "tier": service.tier}
        if service.owner:
            entry["owner"] = service.owner
        if service.needs:
            entry["needs"] = sorted(service.needs)
        entries.append(entry)
    return yaml.safe_dump({"services": entries}, sort_keys=False, allow_unicode=True, width=100)


def differences(standing: Iterable[Listed], wanted: Iterable[Listed]) -> list[Change]:
    """What a file would change: services that it leaves out stay. In the order of the file."""
    by_slug = {listed.slug: listed for listed in standing}
    changes = []
    for listed in wanted:
        old = by_slug.get(listed.slug)
        if old is None:
            changes.append(Change("add", listed.slug, (listed.name,)))
        elif details := _details(old, listed):
            changes.append(Change("change", listed.slug, details))
    return changes


def _details(old: Listed, new: Listed) -> tuple[str, ...]:
    words = []
    for field in ("name", "kind", "tier", "owner", "description"):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            words.append(field if field == "description" else f"{field} {before or 'none'} to {after or 'none'}")
    added, removed = sorted({*new.needs} - {*old.needs}), sorted({*old.needs} - {*new.needs})
    if added:
        words.append(f"needs {', '.join(added)}")
    if removed:
        words.append(f"no longer needs {', '.join(removed)}")
    return tuple(words)


def _entry(number: int, entry: Any) -> Listed:
    place = f"services[{number}]"
    if not isinstance(entry, dict):
        raise Invalid(f"{place}: write 'slug:' and 'name:' for each service.", field="file")
    unknown = sorted(str(key) for key in set(entry) - _KEYS)
    if unknown:
        raise Invalid(f"{place}: '{unknown[0]}' is not known; fields are {', '.join(sorted(_KEYS))}.", field="file")
    needs = entry.get("needs") or []
    if not isinstance(needs, list):
        raise Invalid(f"{place}.needs: write a list of slugs, like [payments, database].", field="file")
    try:
        slug = clean_slug(str(entry.get("slug", "")), field=f"{place}.slug")
        return Listed(
            slug=slug,
            name=clean_name(str(entry.get("name", slug)), field=f"{place}.name"),
            description=clean_description(str(entry.get("description") or ""), field=f"{place}.description"),
            kind=clean_kind(str(entry.get("kind", "service")), field=f"{place}.kind"),
            tier=clean_tier(entry.get("tier", 3), field=f"{place}.tier"),
            owner=str(entry.get("owner") or ""),
            needs=tuple(sorted({str(need) for need in needs})),
        )
    except Invalid as refused:
        raise Invalid(refused.sentence, field="file") from refused
