"""People, teams, API tokens, the organisation, and who I am."""

from typing import Annotated

from pydantic import BaseModel, Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Page, page_of
from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE, MANAGE_TOKENS, SEE
from tocsin.kernel.actor import Role

offer = Offer("people")
Name = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=254)]
Skills = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=30)]


class Me(BaseModel):
    """Who sent the request. `scopes` null: not narrowed."""

    id: str
    name: str
    person: str
    roles: list[str]
    scopes: list[str] | None


class Person(Body):
    """A person who signs in by link, single sign-on or a password of their own later."""

    email: Text
    name: Name
    roles: list[Role] = [Role.RESPONDER]
    time_zone: Text = ""
    phone: Text = ""
    language: Text = ""
    skills: Skills = []
    site: Text = ""


class PersonChange(Body):
    """What is left out stays."""

    name: Name | None = None
    email: Text | None = None
    phone: Text | None = None
    time_zone: Text | None = None
    language: Text | None = None
    skills: Skills | None = None
    site: Text | None = None


class Roles(Body):
    """All roles that the person has from now on."""

    roles: list[Role]


class NewTeam(Body):
    """A team; the slug follows the name unless given."""

    name: Name
    slug: Annotated[str, Field(max_length=60)] = ""
    members: list[str] = []


class TeamName(Body):
    """The team's name; its slug stays."""

    name: Name


class Members(Body):
    """Ids of all members."""

    members: list[str]


class Token(Body):
    """`scopes` are names of permissions, or `*`; `roles` default to one's own."""

    name: Name
    scopes: list[Text]
    owner: str = ""
    roles: list[Role] | None = None
    expires_at: Instant | None = None


class TokenMade(BaseModel):
    """The token, shown this once."""

    token: str


class Organisation(BaseModel):
    """The organisation."""

    name: str
    url: str
    time_zone: str
    hours: dict[str, list[list[str]]]
    closed_dates: list[str]
    holiday_region: str
    catch_all_ids: list[str]


@offer.get("/me", Me, needs=None)
def me(request: ApiRequest) -> Me:
    """Who I am here, and what narrows my token."""
    who = request.actor
    scopes = None if who.scopes is None else sorted(who.scopes)
    return Me(id=who.id, name=who.name, person=who.person, roles=sorted(r.value for r in who.roles), scopes=scopes)


@offer.get("/people", Page[queries.PersonView], needs=SEE)
def people(request: ApiRequest, active: bool = False, cursor: str = "", limit: Limit = 50) -> Page[queries.PersonView]:
    """Everybody by name; with `active` only those who may sign in."""
    found = queries.people(request.actor, active_only=active)
    return page_of(found, cursor, limit, key=lambda row: row.id)


@offer.post("/people", queries.PersonView, needs=MANAGE_PEOPLE, status=201)
def add_person(request: ApiRequest, given: Person) -> queries.PersonView:
    """Add a person."""
    return queries.person(request.actor, commands.add_person(request.actor, **given.dict()))


@offer.get("/people/{person}", queries.PersonView, needs=SEE)
def one(request: ApiRequest, person: str) -> queries.PersonView:
    """One person."""
    return versioned(request, queries.person(request.actor, person))


@offer.patch("/people/{person}", queries.PersonView, needs=MANAGE_PEOPLE)
def change_person(request: ApiRequest, person: str, given: PersonChange) -> queries.PersonView:
    """Change a profile: anybody's for administrators, one's own for everybody."""
    said = given.dict(exclude_unset=True)
    commands.change_person(request.actor, person_id=person, version=if_match(request), **said)
    return versioned(request, queries.person(request.actor, person))


@offer.put("/people/{person}/roles", queries.PersonView, needs=MANAGE_PEOPLE)
def set_roles(request: ApiRequest, person: str, given: Roles) -> queries.PersonView:
    """Replace a person's roles, from their next request on."""
    commands.set_roles(request.actor, person_id=person, roles=given.roles)
    return queries.person(request.actor, person)


@offer.post("/people/{person}/deactivate", queries.PersonView, needs=MANAGE_PEOPLE)
def deactivate(request: ApiRequest, person: str) -> queries.PersonView:
    """End a person's sign-in, sessions, tokens and links at once."""
    commands.deactivate_person(request.actor, person_id=person)
    return queries.person(request.actor, person)


@offer.post("/people/{person}/reactivate", queries.PersonView, needs=MANAGE_PEOPLE)
def reactivate(request: ApiRequest, person: str) -> queries.PersonView:
    """Let a deactivated person sign in again."""
    commands.reactivate_person(request.actor, person_id=person)
    return queries.person(request.actor, person)


@offer.get("/teams", Page[queries.TeamView], needs=SEE)
def teams(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.TeamView]:
    """All teams by name."""
    return page_of(queries.teams(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/teams", queries.TeamView, needs=MANAGE_PEOPLE, status=201)
def add_team(request: ApiRequest, given: NewTeam) -> queries.TeamView:
    """Add a team."""
    made = commands.add_team(request.actor, name=given.name, slug=given.slug, members=given.members)
    return queries.team(request.actor, made)


@offer.get("/teams/{team}", queries.TeamView, needs=SEE)
def team(request: ApiRequest, team: str) -> queries.TeamView:
    """One team, by id or slug."""
    return queries.team(request.actor, team)


@offer.patch("/teams/{team}", queries.TeamView, needs=MANAGE_PEOPLE)
def rename_team(request: ApiRequest, team: str, given: TeamName) -> queries.TeamView:
    """Give a team another name."""
    found = queries.team(request.actor, team)
    commands.rename_team(request.actor, team_id=found.id, name=given.name)
    return queries.team(request.actor, found.id)


@offer.put("/teams/{team}/members", queries.TeamView, needs=MANAGE_PEOPLE)
def set_members(request: ApiRequest, team: str, given: Members) -> queries.TeamView:
    """Make these people, by id, the members of a team."""
    found = queries.team(request.actor, team)
    commands.set_members(request.actor, team_id=found.id, members=given.members)
    return queries.team(request.actor, found.id)


@offer.delete("/teams/{team}", needs=MANAGE_PEOPLE)
def remove_team(request: ApiRequest, team: str) -> None:
    """Remove a team; what it owned has no owner afterwards."""
    commands.remove_team(request.actor, team_id=queries.team(request.actor, team).id)


@offer.get("/tokens", Page[queries.TokenView], needs=MANAGE_TOKENS)
def tokens(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.TokenView]:
    """All API tokens, revoked ones last; of the secret only its first characters."""
    return page_of(queries.tokens(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/tokens", TokenMade, needs=MANAGE_TOKENS, status=201)
def add_token(request: ApiRequest, given: Token) -> TokenMade:
    """Make an API token; it is shown this once."""
    return TokenMade(token=commands.add_token(request.actor, **given.dict()))


@offer.post("/tokens/{token}/revoke", Done, needs=MANAGE_TOKENS)
def revoke(request: ApiRequest, token: str) -> Done:
    """Make a token open nothing, at once."""
    commands.revoke_token(request.actor, token_id=token)
    return Done(said="Revoked.")


@offer.get("/organisation", Organisation, needs=SEE)
def organisation(request: ApiRequest) -> Organisation:
    """The organisation, its hours and its catch-all people."""
    request.actor.require(SEE)
    found = queries.organisation()
    return Organisation(**{name: getattr(found, name) for name in Organisation.model_fields})
