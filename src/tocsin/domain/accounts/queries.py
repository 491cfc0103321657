"""What people look at: people, teams, tokens. Each query asks whether the actor may, then reads with few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q

from tocsin.domain.accounts.directory import (
    NOBODY,
    KnownView,
    OrganisationView,
    PersonView,
    TeamHoursView,
    actor_of,
    actor_of_user,
    administrator_ids,
    catch_all_ids,
    known,
    last_resort,
    organisation,
    person_by_email,
    person_view,
    team_calendar,
    team_calendars,
    team_hours,
    team_member_ids,
    token_actor,
    working_time,
    zone_expression,
)
from tocsin.domain.accounts.models import ApiToken, SavedView, Team, User
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE, MANAGE_TOKENS, SEE
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of

__all__ = [
    "KnownView",
    "OrganisationView",
    "PersonView",
    "SavedViewView",
    "TeamHoursView",
    "TeamView",
    "TokenView",
    "actor_of",
    "actor_of_user",
    "administrator_ids",
    "catch_all_ids",
    "known",
    "last_resort",
    "organisation",
    "people",
    "person",
    "person_by_email",
    "saved_views",
    "second_factors",
    "team",
    "team_calendar",
    "team_calendars",
    "team_hours",
    "team_member_ids",
    "teams",
    "token_actor",
    "tokens",
    "working_time",
    "zone_expression",
]


@dataclass(frozen=True, slots=True)
class TeamView:
    """One team and the ids of its active members, by name."""

    id: str
    slug: str
    name: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenView:
    """One API token; of the secret only its first characters."""

    id: str
    name: str
    prefix: str
    owner_id: str
    owner: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedViewView:
    """One saved view of a table. `mine` False: a team of mine shares it. `default`: mine opens with it."""

    id: str
    table: str
    name: str
    query: str
    mine: bool
    team: str
    default: bool


def saved_views(actor: Actor, table: str) -> list[SavedViewView]:
    """Own views of this table, then those that own teams share. One query. Nobody else's."""
    if not actor.person:
        return []
    me = id_of(actor.person)
    rows = SavedView.objects.select_related("team").filter(table=table)
    rows = rows.filter(Q(person_id=me) | Q(team__members=me)).distinct()
    views = [
        SavedViewView(
            id=str(row.id),
            table=row.table,
            name=row.name,
            query=row.query,
            mine=row.person_id == me,
            team=row.team.name if row.team else "",
            default=row.default and row.person_id == me,
        )
        for row in rows
    ]
    return sorted(views, key=lambda view: not view.mine)


def person(actor: Actor, person_id: str) -> PersonView:
    """One person, active or not. Two queries. Raises `NotFound`."""
    found = people(actor, [person_id])
    if not found:
        raise NotFound("There is no such person.")
    return found[0]


def people(actor: Actor, ids: Iterable[str] | None = None, *, active_only: bool = False) -> list[PersonView]:
    """Everybody, or those of `ids`, by name. Two queries."""
    actor.require(SEE)
    found = User.objects.prefetch_related("teams")
    if ids is not None:
        found = found.filter(id__in=map(id_of, ids))
    if active_only:
        found = found.filter(is_active=True)
    return [person_view(user) for user in found]


def teams(actor: Actor) -> list[TeamView]:
    """All teams by name. Two queries."""
    actor.require(SEE)
    return [_team_view(row) for row in Team.objects.prefetch_related("members")]


def team(actor: Actor, id_or_slug: str) -> TeamView:
    """One team. Two queries. Raises `NotFound`."""
    actor.require(SEE)
    id_ = id_of(id_or_slug)
    found = (
        Team.objects.prefetch_related("members")
        .filter(**({"id": id_} if id_ != NOBODY else {"slug": id_or_slug}))
        .first()
    )
    if found is None:
        raise NotFound("There is no such team.")
    return _team_view(found)


def tokens(actor: Actor) -> list[TokenView]:
    """All API tokens, revoked ones last, by name. One query. For administrators."""
    actor.require(MANAGE_TOKENS)
    found = [_token_view(row) for row in ApiToken.objects.select_related("owner")]
    return sorted(found, key=lambda view: view.revoked_at is not None)


def second_factors(actor: Actor, person_id: str) -> list[str]:
    """Kinds of second factors that a person has set up (totp, webauthn, recovery_codes). One query."""
    if actor.person != person_id:
        actor.require(MANAGE_PEOPLE)
    found = Authenticator.objects.filter(user_id=id_of(person_id)).order_by("type")
    return list(found.values_list("type", flat=True).distinct())


def _team_view(team: Team) -> TeamView:
    active = [str(user.id) for user in team.members.all() if user.is_active]
    return TeamView(id=str(team.id), slug=team.slug, name=team.name, member_ids=tuple(active))


def _token_view(row: ApiToken) -> TokenView:
    return TokenView(
        id=str(row.id),
        name=row.name,
        prefix=row.prefix,
        owner_id=str(row.owner_id) if row.owner_id else "",
        owner=row.owner.name if row.owner else "",
        roles=tuple(row.roles),
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
