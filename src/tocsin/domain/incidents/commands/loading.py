"""How every command of this room begins and ends: the locked row, its version, the save, the log, the search index.

Hides what keeps two people at once from overwriting each other. Decides nothing about incidents.
"""

from collections.abc import Collection

from django.db.models import F

from tocsin.core.log import Event, append
from tocsin.core.search.find import index
from tocsin.domain.incidents.access import may_see, roles_held
from tocsin.domain.incidents.models import Incident
from tocsin.domain.incidents.permissions import COMMAND, RESPOND
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound
from tocsin.kernel.ids import uuid_of
from tocsin.kernel.subject import Subject

NO_SUCH = "There is no such incident."


def found(ref_or_id: str) -> dict[str, object] | None:
    """How to look an incident up by reference (`INC-42`, in any case of letters) or id; None when it is neither."""
    text = str(ref_or_id).strip()
    if text[:4].upper() == "INC-" and text[4:].isascii() and text[4:].isdigit() and len(text) <= 13:
        return {"number": int(text[4:])}
    id_ = uuid_of(text)
    return {"id": id_} if id_ else None


def locked(actor: Actor, ref_or_id: str, *, version: int | None = None) -> Incident:
    """The incident's row, locked until the transaction ends. Raises `NotFound` also when the actor may not see it.

    Raises `Conflict` when someone changed it since `version` was read.
    """
    key = found(ref_or_id)
    row = Incident.objects.select_for_update().filter(**key).first() if key else None
    if row is None or not may_see(actor, row):
        raise NotFound(NO_SUCH, field="incident")
    if version is not None and version != row.version:
        raise Conflict(
            f"Someone else changed {row.reference} in the meantime; it is now {row.state}, {row.severity}. "
            "Look at it again, then repeat what you still want.",
            field="version",
        )
    return row


def locked_rows(actor: Actor, *refs: str) -> list[Incident]:
    """Several incidents, locked in the order of their numbers, so that two such commands never wait for each other."""
    keys = [found(ref) for ref in refs]
    rows = [Incident.objects.filter(**key).values_list("number", flat=True).first() if key else None for key in keys]
    for number in sorted({number for number in rows if number is not None}):
        Incident.objects.select_for_update().get(number=number)
    return [locked(actor, ref) for ref in refs]


def save(row: Incident, *fields: str) -> None:
    """Write the named fields if nobody else wrote in between; the version grows by one. Raises `Conflict`."""
    row.changed_at = now()
    values = {name: getattr(row, name) for name in (*fields, "changed_at")}
    changed = Incident.objects.filter(id=row.id, version=row.version).update(version=F("version") + 1, **values)
    if not changed:
        raise Conflict(f"Someone else changed {row.reference} in the meantime; look at it again.", field="version")
    row.version += 1


def record(row: Incident, what: Event, actor: Actor, *, audience: str = "") -> None:
    """Append to the incident's stream."""
    append(f"incident:{row.id}", what, actor, audience=audience)


def put_in_index(row: Incident) -> None:
    """Renew what search finds. Of a restricted incident only title and reference; the gate hides it from others."""
    index(subject(row), "" if row.restricted else f"{row.reference} {row.summary}")


def subject(row: Incident) -> Subject:
    """The incident as lower rooms know it."""
    return Subject(
        kind="incident",
        id=str(row.id),
        reference=row.reference,
        title=row.title,
        url=row.url,
        restricted=row.restricted,
    )


def require_command(actor: Actor, row: Incident, doing: str) -> None:
    """Raise `Denied` unless the actor commands: by role in the organisation or as this incident's commander."""
    if actor.has(COMMAND):
        return
    actor.require(RESPOND)
    if RoleName.COMMANDER not in roles_held(actor, row):
        raise Denied(f"Only the Incident Commander of {row.reference} or someone with the commander role may {doing}.")


def text(value: str, field: str, *, needed: str = "", longest: int = 20_000) -> str:
    """The text without surrounding blanks. Raises `Invalid` when it is too long, or empty although `needed`."""
    cleaned = value.replace("\0", "").strip()
    if needed and not cleaned:
        raise Invalid(f"{field}: {needed}", field=field)
    if len(cleaned) > longest:
        raise Invalid(f"{field}: at most {longest} characters; this has {len(cleaned)}.", field=field)
    return cleaned


def choice(value: str, allowed: Collection[str], field: str) -> str:
    """The value, if it is allowed. Raises `Invalid` naming the choices."""
    if value not in allowed:
        raise Invalid(f"{field}: choose one of {', '.join(allowed)}.", field=field)
    return value
