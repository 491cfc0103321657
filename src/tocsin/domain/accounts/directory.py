"""What rooms must know whoever acts: who stands behind an id, who is in a team, who is asked when nobody else is.

Reads only, and answers with ids or actors; what people look at is in `queries.py`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, TextField, Value
from django.db.models.expressions import Combinable, F, Subquery
from django.db.models.functions import Cast, Coalesce, NullIf

from tocsin.domain.accounts import rules
from tocsin.domain.accounts.models import ApiToken, Organisation, Team, TeamHours, User
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of, token_hash, uuid_of


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person. `team_ids` are in the order of `teams` (names); an empty `time_zone` is the organisation's."""

    id: str
    name: str
    email: str
    initials: str
    phone: str
    time_zone: str
    language: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    team_ids: tuple[str, ...]
    active: bool
    last_sign_in: datetime | None
    has_password: bool
    version: int
    skills: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """The organisation and its working calendar (public holidays of last year to three years ahead)."""

    name: str
    url: str
    time_zone: str
    calendar: Calendar
    hours: dict[str, list[list[str]]]
    closed_dates: list[str]
    holiday_region: str
    catch_all_ids: list[str]


NOBODY = UUID(int=0)


def person_view(user: User) -> PersonView:
    """The view of a row whose teams were prefetched (else one query)."""
    teams = sorted(user.teams.all(), key=lambda team: team.name)
    return PersonView(
        id=str(user.id),
        name=user.name,
        email=user.email,
        initials=rules.initials(user.name),
        phone=user.phone,
        time_zone=user.time_zone,
        language=user.language,
        roles=tuple(user.roles),
        teams=tuple(team.name for team in teams),
        team_ids=tuple(str(team.id) for team in teams),
        active=user.is_active,
        last_sign_in=user.last_login,
        has_password=user.has_usable_password(),
        version=user.version,
        skills=tuple(user.skills),
        site=user.site,
    )


def person_by_email(email: str) -> PersonView | None:
    """The active person with this address, in any case of letters. Two queries. Used where nobody has signed in."""
    found = User.objects.prefetch_related("teams").filter(email__iexact=email.strip(), is_active=True).first()
    return person_view(found) if found else None


def actor_of_user(user: User) -> Actor:
    """The person as an actor, with the roles and teams of this moment. One query."""
    return _actor(user, Team.objects.filter(members=user).values_list("id", flat=True))


def actors_of_users(users: Collection[User]) -> dict[UUID, Actor]:
    """As `actor_of_user`, for many. One query."""
    teams: dict[UUID, list[UUID]] = {}
    for user_id, team_id in Team.members.through.objects.filter(user__in=users).values_list("user_id", "team_id"):
        teams.setdefault(user_id, []).append(team_id)
    return {user.id: _actor(user, teams.get(user.id, ())) for user in users}


def actor_of(person_id: str) -> Actor:
    """The active person with this id as an actor. Two queries. Raises `NotFound`."""
    user = User.objects.filter(id=id_of(person_id), is_active=True).first()
    if user is None:
        raise NotFound("There is no active person with this id.")
    return actor_of_user(user)


def _actor(user: User, team_ids: Iterable[UUID]) -> Actor:
    return Actor(
        id=f"person:{user.id}",
        name=user.name,
        roles=known_roles(user.roles),
        teams=frozenset(str(id_) for id_ in team_ids),
        person=str(user.id),
    )


def known_roles(values: list[str]) -> frozenset[Role]:
    """Roles by their stored names; a name that this version does not know gives nothing."""
    known = {role.value: role for role in Role}
    return frozenset(known[value] for value in values if value in known)


def token_actor(raw_token: str) -> Actor | None:
    """The actor that an API token stands for, or None when it opens nothing (unknown, revoked, expired, owner gone).

    A token never has more than its own roles, its owner's present roles, and its scopes. One or two queries.
    """
    moment = now()
    found = (
        ApiToken.objects.select_related("owner")
        .filter(token_hash=token_hash(raw_token), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=moment))
        .first()
    )
    if found is None or (found.owner is not None and not found.owner.is_active):
        return None
    owner = found.owner
    given = known_roles(found.roles)
    return Actor(
        id=f"token:{found.id}",
        name=f"{owner.name} ({found.name})" if owner else found.name,
        roles=given & known_roles(owner.roles) if owner else given,
        teams=actor_of_user(owner).teams if owner else frozenset(),
        person=str(owner.id) if owner else "",
        scopes=frozenset(found.scopes),
    )


def team_member_ids(team_id: str) -> list[str]:
    """Ids of a team's active members, by name. One query; none for a team that is gone."""
    found = User.objects.filter(teams__id=id_of(team_id), is_active=True)
    return [str(id_) for id_ in found.values_list("id", flat=True)]


@dataclass(frozen=True, slots=True)
class KnownView:
    """Someone's name, and whether they are active."""

    id: str
    name: str
    active: bool

    @property
    def initials(self) -> str:
        """For an avatar."""
        return rules.initials(self.name)


def known(ids: Iterable[str]) -> list[KnownView]:
    """Those of `ids` that name a person. One query."""
    found = User.objects.filter(id__in={id_of(text) for text in ids})
    return [KnownView(str(id_), name, active) for id_, name, active in found.values_list("id", "name", "is_active")]


def administrator_ids() -> list[str]:
    """Ids of active administrators, the first one first. One query."""
    named = User.objects.annotate(told=Cast("roles", TextField())).filter(told__contains=Role.ADMINISTRATOR.value)
    rows = named.filter(is_active=True).order_by("created_at", "id").values_list("id", "roles")
    return [str(id_) for id_, roles in rows if Role.ADMINISTRATOR.value in roles]


def catch_all_ids() -> list[str]:
    """Who is paged when nobody else is: active catch-all people, else all administrators. At most two queries."""
    return _catch_all() or administrator_ids()


def last_resort() -> tuple[list[str], list[str]]:
    """Who is paged when nobody else is, and all administrators. Two queries."""
    administrators = administrator_ids()
    return _catch_all() or administrators, administrators


def _catch_all() -> list[str]:
    found = Organisation.catch_all.through.objects.filter(user__is_active=True).order_by("id")
    return [str(id_) for id_ in found.values_list("user_id", flat=True)]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The organisation's zone and working calendar."""

    time_zone: str
    calendar: Calendar


def working_time() -> WorkingTime:
    """When the organisation works; the defaults until someone has changed them. One query."""
    row = Organisation.objects.filter(id=1).first() or Organisation()
    return WorkingTime(row.time_zone, _calendar(row))


def zone_expression(path: str) -> Combinable:
    """For a query that meets a person: the time zone at `path`, else the organisation's. No query of its own."""
    default = Subquery(Organisation.objects.filter(id=1).values("time_zone")[:1])
    return Coalesce(NullIf(F(path), Value("")), default, Value("UTC"))


def organisation() -> OrganisationView:
    """The organisation; its defaults until someone has changed them. Two queries."""
    row = Organisation.objects.prefetch_related("catch_all").filter(id=1).first()
    people = [str(person.id) for person in row.catch_all.all()] if row else []
    row = row or Organisation()
    return OrganisationView(
        name=row.name,
        url=row.url,
        time_zone=row.time_zone,
        calendar=_calendar(row),
        hours=row.hours or rules.OFFICE,
        closed_dates=list(row.closed_dates),
        holiday_region=row.holiday_region,
        catch_all_ids=people,
    )


@dataclass(frozen=True, slots=True)
class TeamHoursView:
    """Hours of a team's own."""

    time_zone: str
    hours: dict[str, list[list[str]]]
    closed_dates: list[str]
    holiday_region: str
    calendar: Calendar


def team_hours(team_id: str) -> TeamHoursView | None:
    """The hours that a team keeps itself; None when it keeps the organisation's. One query."""
    row = TeamHours.objects.filter(team_id=id_of(team_id)).first() if team_id else None
    if row is None:
        return None
    made = _calendar(row)
    return TeamHoursView(row.time_zone, row.hours, list(row.closed_dates), row.holiday_region, made)


def team_calendar(team_id: str) -> tuple[Calendar, bool]:
    """The calendar that counts for a team, and whether it is its own. Three queries at most."""
    own = team_hours(team_id)
    return (own.calendar, True) if own else (working_time().calendar, False)


def team_calendars(team_ids: Iterable[str]) -> dict[str, Calendar]:
    """The calendars of those of these teams that keep hours of their own, by team. One query, none for no team."""
    wanted = [id_ for id_ in map(uuid_of, team_ids) if id_]
    rows = TeamHours.objects.filter(team__in=wanted) if wanted else []
    return {str(row.team_id): _calendar(row) for row in rows}


def _calendar(row: Organisation | TeamHours) -> Calendar:
    year = now().year
    weekly = tuple((day, tuple(tuple(span) for span in spans)) for day, spans in row.hours.items())
    return _kept_calendar(row.time_zone, weekly, tuple(row.closed_dates), row.holiday_region, year)


@lru_cache(maxsize=8)
def _kept_calendar(
    zone: str,
    weekly: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...],
    closed: tuple[str, ...],
    region: str,
    year: int,
) -> Calendar:
    return rules.calendar(zone, dict(weekly), closed, region, range(year - 1, year + 4))
