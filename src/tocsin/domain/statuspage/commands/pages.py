"""The page, its groups, and texts agreed on beforehand."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max

from tocsin.domain.statuspage.commands.loading import address, changed, record, save, the_page, words
from tocsin.domain.statuspage.events import PageSaved
from tocsin.domain.statuspage.models import Component, Group, Text
from tocsin.domain.statuspage.permissions import MANAGE, PUBLISH
from tocsin.domain.statuspage.rules.states import IncidentStatus, MaintenanceStatus
from tocsin.domain.statuspage.wording import languages_known
from tocsin.kernel.actor import Actor
from tocsin.kernel.business_time import zone_names
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of


def save_page(
    actor: Actor,
    *,
    name: str | None = None,
    url: str | None = None,
    support_url: str | None = None,
    about: str | None = None,
    time_zone: str | None = None,
    languages: Sequence[str] | None = None,
    published: bool | None = None,
    opens_by_itself: bool | None = None,
    version: int | None = None,
) -> str:
    """Make or change the page; None leaves a field as it is. Its id. Event `statuspage.page_saved`.

    `opens_by_itself`: an incident that is confirmed (Critical or High, not restricted) is told in public at once.
    Raises `Denied`, `Invalid`; `Conflict` when `version` is no longer the row's.
    """
    actor.require(MANAGE)
    given = {
        "name": None if name is None else words(name, "name", longest=80, needed="give the page a name."),
        "url": None if url is None else address(url, "url").rstrip("/"),
        "support_url": None if support_url is None else address(support_url, "support_url"),
        "about": None if about is None else words(about, "about", longest=2000, lines=True),
        "time_zone": None if time_zone is None else _zone(time_zone),
        "languages": None if languages is None else _languages(languages),
        "published": published,
        "opens_by_itself": opens_by_itself,
    }
    with transaction.atomic():
        row = the_page()
        if version is not None and version != row.version:
            raise Conflict("Someone else changed the page meanwhile; look again, then save.", field="version")
        fields = save(row, {field: value for field, value in given.items() if value is not None})
        record(PageSaved(name=row.name, fields=tuple(fields)), actor)
        changed()
    return str(row.id)


def _zone(name: str) -> str:
    if name not in zone_names():
        raise Invalid(f"time_zone: there is no zone '{name[:60]}'; write it like Europe/Lisbon.", field="time_zone")
    return name


def _languages(codes: Sequence[str]) -> list[str]:
    known = languages_known()
    for code in codes:
        if code not in known:
            raise Invalid(
                f"languages: there is no translation '{code[:20]}'; there are {', '.join(sorted(known))}.",
                field="languages",
            )
    return list(dict.fromkeys(codes))


def save_group(actor: Actor, *, name: str, group_id: str = "", position: int | None = None) -> str:
    """Add a group, or change the one of `group_id`; its id. Raises `Denied`, `NotFound`, `Invalid(name)`."""
    actor.require(MANAGE)
    called = words(name, "name", longest=120, needed="give the group a name.")
    at = now()
    try:
        with transaction.atomic():
            row = Group.objects.filter(id=id_of(group_id)).first() if group_id else None
            if row is None and group_id:
                raise NotFound("There is no such group.")
            if row is None:
                last = Group.objects.aggregate(last=Max("position"))["last"]
                row = Group(position=0 if last is None else last + 1, created_at=at)
            row.name, row.updated_at = called, at
            if position is not None:
                row.position = max(0, position)
            row.save()
            changed()
    except IntegrityError as error:
        raise Invalid(f"name: there is a group '{called}' already.", field="name") from error
    return str(row.id)


def remove_group(actor: Actor, *, group_id: str) -> None:
    """Take a heading away; its components stay, without a group. Raises `Denied`, `NotFound`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = Group.objects.filter(id=id_of(group_id)).first()
        if row is None:
            raise NotFound("There is no such group.")
        Component.objects.filter(group=row).update(group=None, updated_at=now())
        row.delete()
        changed()


def save_text(actor: Actor, *, name: str, status: str, body: str, text_id: str = "") -> str:
    """Keep a text agreed on beforehand; its id. Raises `Denied`, `NotFound`, `Invalid`."""
    actor.require(PUBLISH)
    if status not in {*IncidentStatus, *MaintenanceStatus}:
        raise Invalid("status: choose a state of incidents or of maintenance.", field="status")
    values = {
        "name": words(name, "name", longest=80, needed="give the text a name."),
        "status": status,
        "body": words(body, "body", longest=20_000, needed="write the text.", lines=True),
    }
    try:
        with transaction.atomic():
            row = Text.objects.filter(id=id_of(text_id)).first() if text_id else Text()
            if row is None:
                raise NotFound("There is no such text.")
            for field, value in values.items():
                setattr(row, field, value)
            row.save()
    except IntegrityError as error:
        raise Invalid("name: there is a text of this name already.", field="name") from error
    return str(row.id)


def remove_text(actor: Actor, *, text_id: str) -> None:
    """Drop a text agreed on beforehand. Raises `Denied`, `NotFound`."""
    actor.require(PUBLISH)
    gone, _ = Text.objects.filter(id=id_of(text_id)).delete()
    if not gone:
        raise NotFound("There is no such text.")
