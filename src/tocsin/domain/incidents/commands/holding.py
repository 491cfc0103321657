"""Who holds a role now, and how a holding ends. What begins and changes one is `roles`."""

from tocsin.core.work import cancel
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands.loading import record
from tocsin.domain.incidents.events import RoleEnded
from tocsin.domain.incidents.models import Incident, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN, author
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now


def holder(row: Incident, role: str) -> RoleHolder | None:
    """Who holds the role now. One query."""
    return RoleHolder.objects.filter(incident=row, role=role, ended_at=None, accepted=True).first()


def end(held: RoleHolder) -> None:
    """End a holding or an offer, and its timer."""
    held.ended_at = now()
    held.save(update_fields=["ended_at"])
    cancel(jobs.HAND_OVER, str(held.id))


def drop_role(actor: Actor, row: Incident, held: RoleHolder) -> None:
    """Nobody holds the role any more, on a locked row."""
    end(held)
    person = str(held.person_id)
    told = RoleEnded(author=author(actor), role=held.role, person=person, person_name=name_of(person))
    record(row, told, actor)


def names_of(*ids: str) -> dict[str, str]:
    """Names by id of these people, active or not."""
    wanted = [id_ for id_ in ids if id_]
    return {person.id: person.name for person in accounts.people(TOCSIN, wanted)} if wanted else {}


def name_of(person: str) -> str:
    """The name of one person, active or not."""
    return names_of(person).get(person, "This person")
