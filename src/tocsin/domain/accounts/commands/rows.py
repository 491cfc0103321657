"""Locked rows and what every command of this room shares: finding, ordering of locks, the search index."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tocsin.core.search.find import index
from tocsin.domain.accounts.models import Organisation, Team, User
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject

ORGANISATION_STREAM = "organisation:1"


def locked_person(person_id: str) -> User:
    """The row of a person, locked until the transaction ends. Raises `NotFound`."""
    found = User.objects.select_for_update().filter(id=id_of(person_id)).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def locked_team(team_id: str) -> Team:
    """The row of a team, locked. Raises `NotFound`."""
    found = Team.objects.select_for_update().filter(id=id_of(team_id)).first()
    if found is None:
        raise NotFound("There is no such team.")
    return found


def locked_organisation() -> Organisation:
    """The organisation's row, made when missing, locked. Also the lock under which administrators change."""
    Organisation.objects.get_or_create(id=1)
    return Organisation.objects.select_for_update().get(id=1)


def people_of(ids: Iterable[str], *, field: str) -> list[User]:
    """The active people with these ids. Raises `Invalid` naming `field` when one is missing."""
    given = list(dict.fromkeys(str(id_) for id_ in ids))
    found = {str(user.id): user for user in User.objects.filter(id__in=map(id_of, given))}
    for id_ in given:
        if id_ not in found or not found[id_].is_active:
            raise Invalid(f"{field}: {id_} is not an active person; choose others.", field=field)
    return [found[id_] for id_ in given]


def clean_email(text: str) -> str:
    """The address in lower case. Raises `Invalid`."""
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(
            f"email: '{text.strip()}' is not an address; write it like ana@example.org.", field="email"
        ) from error
    return email


def index_person(user: User) -> None:
    """Let a person be found by name, address and roles."""
    subject = Subject("person", str(user.id), user.email, user.name, f"/settings/people/{user.id}/")
    index(subject, body=" ".join([user.email, *user.roles, *user.skills, user.site]))


def index_team(team: Team) -> None:
    """Let a team be found by name."""
    index(Subject("team", str(team.id), team.slug, team.name, f"/settings/people/teams/{team.slug}/"))
