"""Who may see an incident: everybody on staff, unless it is restricted; then its members, those who hold or were
offered a role in it, and the Security role. The one place that knows; commands, queries and gates ask here.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tocsin.domain.incidents.models import Incident, IncidentGroup, Member, RoleHolder
from tocsin.domain.incidents.permissions import VIEW
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.ids import uuid_of


def seen_by(actor: Actor, rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Narrow a query to what the actor may see. Adds no query of its own."""
    if sees_all(actor):
        return rows
    if not actor.has(VIEW):
        return rows.none()
    return rows.filter(_open_to(actor))


def sees_all(actor: Actor) -> bool:
    """True for the system and for people with the Security role."""
    return actor.is_system or (actor.has(VIEW) and Role.SECURITY in actor.roles)


def _open_to(actor: Actor) -> Q:
    person = actor.person
    if not person:
        return Q(restricted=False)
    members = Member.objects.filter(person=uuid_of(person)).values("incident")
    holders = RoleHolder.objects.filter(person=uuid_of(person), ended_at=None).values("incident")
    return Q(restricted=False) | Q(id__in=members) | Q(id__in=holders)


def may_see(actor: Actor, row: Incident) -> bool:
    """Whether the actor may see this row. No query unless it is restricted."""
    if sees_all(actor):
        return True
    if not row.restricted:
        return actor.has(VIEW)
    return seen_by(actor, Incident.objects.filter(id=row.id)).exists()


def visible_ids(actor: Actor, ids: Collection[str]) -> set[str]:
    """Those of the ids that the actor may see. One query. The gate of the kind `incident`."""
    known = [id_ for id_ in ids if uuid_of(id_)]
    rows = seen_by(actor, Incident.objects.filter(id__in=known))
    return {str(id_) for id_ in rows.values_list("id", flat=True)}


def visible_to_each(actors: Collection[Actor], ids: Collection[str]) -> dict[Actor, set[str]]:
    """The same for many people. One query; three when some of the incidents are restricted."""
    rows = Incident.objects.filter(id__in=[id_ for id_ in ids if uuid_of(id_)]).values_list("id", "restricted")
    closed = [id_ for id_, is_restricted in rows if is_restricted]
    restricted = {str(id_) for id_ in closed}
    everybody = {str(id_) for id_, _ in rows} - restricted
    inside: set[tuple[str, str]] = set()
    if closed:
        members = Member.objects.filter(incident__in=closed).values_list("person", "incident")
        holders = RoleHolder.objects.filter(incident__in=closed, ended_at=None).values_list("person", "incident")
        inside = {(str(person), str(incident)) for person, incident in [*members, *holders]}
    return {actor: _seen(actor, everybody, restricted, inside) for actor in actors}


def _seen(actor: Actor, everybody: set[str], restricted: set[str], inside: set[tuple[str, str]]) -> set[str]:
    if sees_all(actor):
        return everybody | restricted
    if not actor.has(VIEW):
        return set()
    return everybody | {incident for incident in restricted if (actor.person, incident) in inside}


def hidden_group_ids(actor: Actor) -> set[str]:
    """Alert groups that belong to restricted incidents which the actor may not see. One query."""
    if sees_all(actor):
        return set()
    hidden = Incident.objects.filter(restricted=True)
    if actor.has(VIEW):
        hidden = hidden.exclude(_open_to(actor))
    rows = IncidentGroup.objects.filter(current=True, incident__in=hidden.values("id"))
    return {str(id_) for id_ in rows.values_list("group_id", flat=True)}


def roles_held(actor: Actor, row: Incident) -> set[str]:
    """Roles that the actor holds in this incident now. One query."""
    if not actor.person:
        return set()
    held = RoleHolder.objects.filter(incident=row, person=uuid_of(actor.person), ended_at=None, accepted=True)
    return set(held.values_list("role", flat=True))
