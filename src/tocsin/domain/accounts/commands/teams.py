"""Teams and who is in them."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.core.search.find import remove
from tocsin.domain.accounts import rules
from tocsin.domain.accounts.commands.rows import index_team, locked_team, people_of
from tocsin.domain.accounts.events import TeamAdded, TeamChanged, TeamRemoved
from tocsin.domain.accounts.models import Team
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid


def add_team(actor: Actor, *, name: str, slug: str = "", members: Iterable[str] = ()) -> str:
    """Add a team and return its id; the slug follows the name unless given.

    Events accounts.team_added and, with members, accounts.team_changed. Raises `Invalid`.
    """
    actor.require(MANAGE_PEOPLE)
    team = Team(name=rules.clean_name(name), slug=rules.slug_of(slug or name, field="slug" if slug else "name"))
    ids = list(members)
    with transaction.atomic():
        try:
            with transaction.atomic():
                team.save(force_insert=True)
        except IntegrityError as error:
            raise Invalid(f"name: a team called '{team.slug}' exists already.", field="name") from error
        append(f"team:{team.id}", TeamAdded(team=str(team.id), name=team.name), actor)
        if ids:
            set_members(actor, team_id=str(team.id), members=ids)
        index_team(team)
    return str(team.id)


def rename_team(actor: Actor, *, team_id: str, name: str) -> None:
    """Give a team another name; its slug stays, for files and addresses name it. Event accounts.team_changed."""
    actor.require(MANAGE_PEOPLE)
    wanted = rules.clean_name(name)
    with transaction.atomic():
        team = locked_team(team_id)
        if team.name == wanted:
            return
        team.name = wanted
        team.save(update_fields=["name"])
        append(f"team:{team.id}", TeamChanged(team=team_id, name=wanted, joined=[], left=[]), actor)
        index_team(team)


def set_members(actor: Actor, *, team_id: str, members: Iterable[str]) -> None:
    """Make these active people, by id, the members of a team. Event accounts.team_changed, none when the same."""
    actor.require(MANAGE_PEOPLE)
    people = people_of(members, field="members")
    wanted = {str(user.id) for user in people}
    with transaction.atomic():
        team = locked_team(team_id)
        present = {str(id_) for id_ in team.members.values_list("id", flat=True)}
        joined, left = sorted(wanted - present), sorted(present - wanted)
        if not joined and not left:
            return
        team.members.add(*(user for user in people if str(user.id) in joined))
        team.members.remove(*team.members.filter(id__in=left))
        append(f"team:{team.id}", TeamChanged(team=team_id, name=team.name, joined=joined, left=left), actor)


def remove_team(actor: Actor, *, team_id: str) -> None:
    """Remove a team; what it owned has no owner afterwards. Event accounts.team_removed. Raises `NotFound`."""
    actor.require(MANAGE_PEOPLE)
    with transaction.atomic():
        team = locked_team(team_id)
        append(f"team:{team.id}", TeamRemoved(team=team_id, name=team.name), actor)
        remove(f"team:{team.id}")
        team.delete()
