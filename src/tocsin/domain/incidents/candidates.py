"""Whom people may mention in an incident: roles, teams and people, only those who may see it. Reads only.

Hides how handles stay distinct. A fixed number of queries.
"""

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.incidents.models import Incident, Member, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.mentions import Candidate, distinct, handle_of
from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.kernel.actor import STAFF, Role


def candidates(row: Incident) -> list[Candidate]:
    """Roles of the incident first, then teams, then people by name; also those who cannot be told, with why not."""
    people = accounts.people(TOCSIN)
    held = dict(RoleHolder.objects.filter(incident=row, ended_at=None, accepted=True).values_list("role", "person_id"))
    inside = _inside(row, people)
    return distinct(
        [
            *_roles({role: str(person) for role, person in held.items()}, people),
            *_teams(people, inside, restricted=row.restricted),
            *(_person(each, inside) for each in sorted(people, key=lambda p: p.id)),
        ]
    )


def _inside(row: Incident, people: list[PersonView]) -> set[str]:
    """Ids of those who may see the incident."""
    staff = {each.id for each in people if each.active and set(each.roles) & {role.value for role in STAFF}}
    if not row.restricted:
        return staff
    named = {str(id_) for id_ in Member.objects.filter(incident=row).values_list("person_id", flat=True)}
    holders = RoleHolder.objects.filter(incident=row, ended_at=None)
    named |= {str(id_) for id_ in holders.values_list("person_id", flat=True)}
    return staff & (named | {each.id for each in people if Role.SECURITY.value in each.roles})


def _roles(held: dict[str, str], people: list[PersonView]) -> list[Candidate]:
    names = {each.id: each.name for each in people}
    found = []
    for role in dict.fromkeys([*(role.value for role in RoleName), *held]):
        person = held.get(role, "")
        words = f"{role_words(role)}: {names.get(person, 'nobody')}"
        why_not = "" if person else f"Nobody is {role_words(role)}, so nobody is told; assign the role."
        found.append(Candidate("role", role, words, handle_of(role), (person,) if person else (), why_not))
    return found


def _teams(people: list[PersonView], inside: set[str], *, restricted: bool) -> list[Candidate]:
    found = []
    for team in accounts.teams(TOCSIN):
        reached = tuple(id_ for id_ in team.member_ids if id_ in inside)
        if restricted and not reached:
            continue
        why_not = "" if reached else f"The team {team.name} has no active member, so nobody is told."
        words = f"{team.name}, {len(reached)} {'person' if len(reached) == 1 else 'people'}"
        found.append(Candidate("team", team.id, words, handle_of(team.slug), reached, why_not))
    return found


def _person(each: PersonView, inside: set[str]) -> Candidate:
    why_not = ""
    if not each.active:
        why_not = f"{each.name} is deactivated and is not told."
    elif each.id not in inside:
        why_not = f"{each.name} may not see this incident and is not told; let them in first."
    return Candidate("person", each.id, each.name, handle_of(each.name), () if why_not else (each.id,), why_not)
