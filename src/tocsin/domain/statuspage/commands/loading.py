"""How every command of this room begins and ends: the row, its version, clean text, the mark that something changed.

Hides what keeps two people at once from overwriting each other. Decides nothing about what is published.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F

from tocsin.core.log import Event, append
from tocsin.core.visibility import visible
from tocsin.domain.accounts.queries import organisation
from tocsin.domain.statuspage.jobs import render_soon
from tocsin.domain.statuspage.models import Component, Page, Publication, PublicIncident
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

TOCSIN = system("statuspage")


def the_page() -> Page:
    """The page's row, made with the name of the organisation when there is none yet."""
    row = Page.objects.first()
    if row is None:
        house, at = organisation(), now()
        row, _ = Page.objects.get_or_create(
            single=True,
            defaults={"name": house.name, "time_zone": house.time_zone, "created_at": at, "updated_at": at},
        )
    return row


def record(what: Event, actor: Actor, *, incident: PublicIncident | None = None) -> None:
    """Append to the incident's stream, or to the page's."""
    append(f"public_incident:{incident.id}" if incident else f"statuspage:{the_page().id}", what, actor)


def changed() -> None:
    """In the caller's transaction: what is served must be made anew, as soon as this commits."""
    if not Publication.objects.filter(single=True).update(wanted=F("wanted") + 1):
        with transaction.atomic():
            Publication.objects.get_or_create(single=True, defaults={"wanted": 1})
    render_soon()


def locked_component(component_id: str) -> Component:
    """The component's row, locked. Takes the id or the public code. Raises `NotFound`."""
    rows = Component.objects.select_for_update().filter(removed_at=None)
    row = rows.filter(id=id_of(component_id)).first() or rows.filter(code=component_id).first()
    if row is None:
        raise NotFound("There is no such component on the status page.", field="components")
    return row


def locked_incident(actor: Actor, incident_id: str, *, version: int | None = None) -> PublicIncident:
    """The incident's row, locked. Raises `NotFound` (also when it stems from what the actor may not see) and
    `Conflict` when somebody published something since `version` was read.
    """
    rows = PublicIncident.objects.select_for_update()
    row = rows.filter(id=id_of(incident_id)).first() or rows.filter(code=str(incident_id)).first()
    inside = f"incident:{row.incident_id}" if row and row.incident_id else ""
    if row is None or (inside and not visible(actor, [inside])):
        raise NotFound("There is no such incident on the status page.", field="incident")
    if version is not None and version != row.version:
        raise Conflict(
            "Someone else published an update in the meantime; nothing of yours was sent. Read theirs, then decide.",
            field="version",
        )
    if row.retracted_at is not None:
        raise Conflict("This was taken off the status page; open a new one.", field="incident")
    return row


def save(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Write what differs, with the time and one version more; the names of the changed fields."""
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if different:
        for name in different:
            setattr(row, name, values[name])
        row.updated_at = now()
        row.version += 1
        row.save(update_fields=[*different, "updated_at", "version"])
    return different


def words(value: str, field: str, *, longest: int, needed: str = "", lines: bool = False) -> str:
    """Clean text: no control characters, trimmed, one line unless `lines`. Raises `Invalid`."""
    kept = "".join(
        c for c in value.replace("\r\n", "\n") if (c in "\n\t" and lines) or unicodedata.category(c) not in {"Cc", "Cs"}
    )
    cleaned = kept.strip() if lines else " ".join(kept.split())
    if needed and not cleaned:
        raise Invalid(f"{field}: {needed}", field=field)
    if len(cleaned) > longest:
        raise Invalid(f"{field}: at most {longest} characters; this has {len(cleaned)}.", field=field)
    return cleaned


def address(value: str, field: str) -> str:
    """An http or https address, or nothing. Raises `Invalid`: a link must not run anything."""
    cleaned = words(value, field, longest=300)
    try:
        found = urlsplit(cleaned)
    except ValueError:
        found = urlsplit("")
    if cleaned and (found.scheme not in {"http", "https", "mailto"} or not (found.hostname or found.path)):
        raise Invalid(f"{field}: write it like https://example.org/help or mailto:help@example.org.", field=field)
    return cleaned
