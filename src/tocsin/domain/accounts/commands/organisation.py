"""Settings of the organisation: name, zone, working hours, holidays, catch-all people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import rules
from tocsin.domain.accounts.commands.rows import ORGANISATION_STREAM, locked_organisation, people_of
from tocsin.domain.accounts.events import OrganisationChanged
from tocsin.domain.accounts.permissions import CHANGE_ORGANISATION
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid


def change_organisation(
    actor: Actor,
    *,
    name: str | None = None,
    url: str | None = None,
    time_zone: str | None = None,
    hours: Mapping[str, Sequence[Sequence[str]]] | None = None,
    closed_dates: Sequence[str] | None = None,
    holiday_region: str | None = None,
    catch_all: Iterable[str] | None = None,
) -> None:
    """Change settings of the organisation; None leaves one as it is.

    `hours` maps weekdays to [opens, closes] pairs; `holiday_region` is like DE or DE-BE; `catch_all` are ids of
    active people, paged when nobody else is. Event accounts.organisation_changed, none when nothing differs.
    Raises `Invalid` naming the field.
    """
    actor.require(CHANGE_ORGANISATION)
    given: dict[str, Any] = {
        "name": None if name is None else rules.clean_name(name),
        "url": None if url is None else _clean_url(url),
        "time_zone": None if time_zone is None else rules.clean_zone(time_zone) or "UTC",
        "hours": None if hours is None else {day: [list(span) for span in spans] for day, spans in hours.items()},
        "closed_dates": None if closed_dates is None else sorted(str(text) for text in closed_dates),
        "holiday_region": None if holiday_region is None else holiday_region.strip().upper(),
    }
    people = None if catch_all is None else people_of(catch_all, field="catch_all")
    with transaction.atomic():
        row = locked_organisation()
        changed = [field for field, value in given.items() if value is not None and getattr(row, field) != value]
        for field in changed:
            setattr(row, field, given[field])
        rules.calendar(row.time_zone, row.hours, row.closed_dates, row.holiday_region, [now().year])
        if people is not None and {p.id for p in people} != set(row.catch_all.values_list("id", flat=True)):
            row.catch_all.set(people)
            changed.append("catch_all")
        if not changed:
            return
        row.version += 1
        row.save()
        append(ORGANISATION_STREAM, OrganisationChanged(fields=changed), actor)


def _clean_url(text: str) -> str:
    url = text.strip()
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise Invalid(f"url: '{url}' is not an address; write it like https://example.org.", field="url")
    return url
