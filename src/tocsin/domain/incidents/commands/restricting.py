"""Who may see an incident: restrict it to its members, let single people in or out, release it."""

from django.db import transaction

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.access import roles_held
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.loading import locked, put_in_index, record, require_command, save, text
from tocsin.domain.incidents.events import MemberAdded, MemberRemoved, Released, Restricted
from tocsin.domain.incidents.models import Incident, Member
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.domain.incidents.permissions import RELEASE, RESPOND
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.ids import uuid_of


def restrict(actor: Actor, *, incident: str, reason: str) -> None:
    """Hide it from all but its members, role holders and the Security role. Whoever restricts and whoever was paged
    stay in. Event `incidents.restricted`; pages and search name it by reference from now on.
    """
    said = text(reason, "reason", needed="say why it is restricted.", longest=2000)
    with transaction.atomic():
        row = locked(actor, incident)
        require_command(actor, row, "restrict it")
        if row.restricted:
            raise Conflict(f"{row.reference} is restricted already.", field="incident")
        shut(actor, row, said)


def shut(actor: Actor, row: Incident, reason: str) -> None:
    """Restrict a locked row: whoever does it and whoever was paged stay in. Nothing happens when it is restricted."""
    if row.restricted:
        return
    row.restricted = True
    save(row, "restricted")
    paging = oncall.paging(TOCSIN, f"incident:{row.id}")
    paged = {page.person_id for page in paging.pages} if paging else set()
    calling.let_in(row, {id_ for id_ in (*paged, actor.person) if id_})
    record(row, Restricted(author=author(actor), reason=reason), actor)
    _shown_differently(row)


def release(actor: Actor, *, incident: str, reason: str) -> None:
    """Show it to all staff: for the Security role and this incident's Security Lead. Event `incidents.released`."""
    said = text(reason, "reason", needed="say why it may be seen by all staff.", longest=2000)
    with transaction.atomic():
        row = locked(actor, incident)
        if RoleName.SECURITY not in roles_held(actor, row):
            actor.require(RELEASE)
        if not row.restricted:
            raise Conflict(f"{row.reference} is not restricted.", field="incident")
        row.restricted = False
        save(row, "restricted")
        record(row, Released(author=author(actor), reason=said), actor)
        _shown_differently(row)


def add_member(actor: Actor, *, incident: str, person: str) -> None:
    """Let a person see the restricted incident. Event `incidents.member_added`. For who commands or is Security."""
    with transaction.atomic():
        row = locked(actor, incident)
        require_command(actor, row, "let people in")
        found = accounts.people(TOCSIN, [person], active_only=True)
        if not found:
            raise NotFound("There is no such active person; choose somebody else.", field="person")
        _, made = Member.objects.get_or_create(incident=row, person_id=uuid_of(person), defaults={"added_at": now()})
        if made:
            record(row, MemberAdded(person=person, person_name=found[0].name), actor)


def remove_member(actor: Actor, *, incident: str, person: str) -> None:
    """Take that away. Event `incidents.member_removed`. Someone who holds a role in it still sees it."""
    actor.require(RESPOND)
    with transaction.atomic():
        row = locked(actor, incident)
        require_command(actor, row, "take access away")
        gone, _ = Member.objects.filter(incident=row, person_id=uuid_of(person)).delete()
        if not gone:
            raise NotFound("This person is no member of the incident.", field="person")
        names = {found.id: found.name for found in accounts.people(TOCSIN, [person])}
        record(row, MemberRemoved(person=person, person_name=names.get(person, "Someone")), actor)


def _shown_differently(row: Incident) -> None:
    put_in_index(row)
    calling.renamed(row)
