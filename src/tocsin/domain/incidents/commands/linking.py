"""What belongs to an incident: other incidents, tickets elsewhere, conferences to join with one tap."""

from django.db import IntegrityError, transaction
from django.db.models import Q

from tocsin.core.log import append
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import choice, locked, locked_rows, record, text
from tocsin.domain.incidents.events import (
    BridgeForAllSet,
    IncidentLinked,
    IncidentUnlinked,
    OutsideLinked,
    OutsideUnlinked,
)
from tocsin.domain.incidents.models import Incident, IncidentLink, OutsideLink
from tocsin.domain.incidents.naming import author
from tocsin.domain.incidents.permissions import MANAGE, WRITE
from tocsin.domain.incidents.rules import linking as rules
from tocsin.domain.incidents.rules.linking import Relation
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

MOST = 50


def link_incident(actor: Actor, *, incident: str, other: str, relation: str = "related") -> str:
    """Say how an incident belongs to another (related, duplicate, caused_by); returns the id of the link.

    Event `incidents.incident_linked` on both; one that is not restricted never tells of one that is. Raises `NotFound`
    for one that the actor may not see, `Conflict` when they are linked so already, in either direction.
    """
    actor.require(WRITE)
    sort = Relation(choice(relation, [r.value for r in Relation], "relation"))
    with transaction.atomic():
        row, to = locked_rows(actor, incident, other)
        if row.id == to.id:
            raise Invalid("other: an incident cannot be linked to itself.", field="other")
        both = Q(incident=row, other=to) | Q(incident=to, other=row)
        if IncidentLink.objects.filter(both, relation=sort.value).exists():
            raise Conflict(f"{row.reference} and {to.reference} are linked so already.", field="other")
        made = IncidentLink.objects.create(
            incident=row, other=to, relation=sort.value, linked_by_id=actor.person or None, linked_at=now()
        )
        _tell_both(actor, row, to, sort, IncidentLinked)
        calling.active(row)
    return str(made.id)


def unlink_incident(actor: Actor, *, link: str) -> None:
    """Take such a link away. Event `incidents.incident_unlinked` on both."""
    actor.require(WRITE)
    with transaction.atomic():
        found = IncidentLink.objects.filter(id=id_of(link)).first()
        if found is None:
            raise NotFound("There is no such link.", field="link")
        row, to = locked_rows(actor, str(found.incident_id), str(found.other_id))
        found.delete()
        _tell_both(actor, row, to, Relation(found.relation), IncidentUnlinked)


def _tell_both(actor: Actor, row: Incident, to: Incident, relation: Relation, event: type[IncidentLinked]) -> None:
    for own, other, words in ((row, to, relation.words), (to, row, relation.back)):
        if not other.restricted:
            record(own, event(words=words, reference=other.reference), actor)
        elif own.restricted:
            record(own, event(words=words), actor)


def add_outside_link(
    actor: Actor, *, incident: str, kind: str, label: str = "", url: str = "", phone: str = "", pin: str = ""
) -> str:
    """Add a ticket elsewhere (`ticket`: reference and address) or a conference (`bridge`: address, dial-in, or both).

    Returns its id. Event `incidents.outside_linked`. The PIN is kept sealed and never logged.
    """
    actor.require(WRITE)
    sort = choice(kind, ("ticket", "bridge"), "kind")
    values = _ticket(label, url) if sort == "ticket" else _bridge(label, url, phone, pin)
    with transaction.atomic():
        row = locked(actor, incident)
        if OutsideLink.objects.filter(incident=row).count() >= MOST:
            raise Conflict(f"{row.reference} has {MOST} links; take one away first.", field="incident")
        made = OutsideLink.objects.create(
            incident=row, kind=sort, added_by_id=actor.person or None, added_at=now(), **values
        )
        record(
            row,
            OutsideLinked(author=author(actor), link=str(made.id), kind=sort, label=made.label, url=made.url),
            actor,
        )
        calling.active(row)
    return str(made.id)


def remove_outside_link(actor: Actor, *, link: str) -> None:
    """Take a ticket or conference away. Event `incidents.outside_unlinked`."""
    actor.require(WRITE)
    with transaction.atomic():
        found = OutsideLink.objects.filter(id=id_of(link), incident__isnull=False).first()
        if found is None:
            raise NotFound("There is no such link; somebody may have taken it away.", field="link")
        row = locked(actor, str(found.incident_id))
        told = OutsideUnlinked(author=author(actor), link=link, kind=found.kind, label=found.label, url=found.url)
        found.delete()
        record(row, told, actor)


def set_bridge_for_all(actor: Actor, *, label: str = "", url: str = "", phone: str = "", pin: str = "") -> None:
    """The conference that every incident offers which is not restricted; all empty takes it away.

    Event `incidents.bridge_for_all_set`.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        OutsideLink.objects.filter(incident=None).delete()
        values = _bridge(label, url, phone, pin) if label or url or phone or pin else {"label": ""}
        if values["label"]:
            try:
                OutsideLink.objects.create(kind="bridge", added_by_id=actor.person or None, added_at=now(), **values)
            except IntegrityError:
                raise Conflict("Somebody else set it in the meantime; look at it again.") from None
        append("bridge:all", BridgeForAllSet(label=values["label"]), actor)


def _ticket(label: str, url: str) -> dict[str, str]:
    where = rules.address(url)
    named = text(label, "label", longest=200) or where
    if not named:
        raise Invalid("label: write the reference of the ticket, its address, or both.", field="label")
    return {"label": named[:200], "url": where}


def _bridge(label: str, url: str, phone: str, pin: str) -> dict[str, str]:
    where, number = rules.address(url), rules.phone(phone)
    if not where and not number:
        raise Invalid("url: write an address to join, a number to dial, or both.", field="url")
    named = text(label, "label", longest=80) or "Bridge"
    return {"label": named, "url": where, "phone": number, "pin": rules.pin(pin)}
