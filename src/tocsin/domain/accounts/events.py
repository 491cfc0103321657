"""What happened to people, teams, tokens and the organisation. Names are sealed under the person's own key."""

from typing import ClassVar

from tocsin.core.log import Event, event


def _listed(words: list[str]) -> str:
    return ", ".join(words) if words else "none"


class _About(Event, frozen=True, kw_only=True):
    """Base of what is told about one person."""

    person: str
    name: str
    sealed: ClassVar[dict[str, str]] = {"name": "person"}


@event("accounts.person_added", mark="user-plus")
class PersonAdded(_About, frozen=True, kw_only=True):
    """A person may sign in from now on."""

    email: str
    roles: list[str]
    sealed: ClassVar[dict[str, str]] = {"name": "person", "email": "person"}

    def sentence(self) -> str:
        """Names the person and the roles."""
        return f"added {self.name} ({self.email}) as {_listed(self.roles)}"


@event("accounts.person_changed", mark="user")
class PersonChanged(_About, frozen=True, kw_only=True):
    """Fields of a profile changed; their values are not kept in the log."""

    fields: list[str]

    def sentence(self) -> str:
        """Names the person and the fields."""
        words = [field.replace("_", " ") for field in self.fields]
        return f"changed the profile of {self.name}: {_listed(words)}"


@event("accounts.roles_changed", mark="shield-check")
class RolesChanged(_About, frozen=True, kw_only=True):
    """A person's roles changed, with effect from the next request."""

    before: list[str]
    after: list[str]

    def sentence(self) -> str:
        """Names the person, the roles before and after."""
        return f"changed the roles of {self.name} from {_listed(self.before)} to {_listed(self.after)}"


@event("accounts.person_deactivated", mark="user-x")
class PersonDeactivated(_About, frozen=True, kw_only=True):
    """A person may no longer sign in; sessions and tokens ended at once."""

    def sentence(self) -> str:
        """Names the person."""
        return f"deactivated {self.name}"


@event("accounts.person_reactivated", mark="user-plus")
class PersonReactivated(_About, frozen=True, kw_only=True):
    """A deactivated person may sign in again."""

    def sentence(self) -> str:
        """Names the person."""
        return f"let {self.name} sign in again"


@event("accounts.sign_in_link_made", mark="link")
class SignInLinkMade(_About, frozen=True, kw_only=True):
    """A link that signs this person in once. The link itself is not in the log."""

    def sentence(self) -> str:
        """Names the person."""
        return f"made a sign-in link for {self.name}"


@event("accounts.sign_in_link_used", mark="user-check")
class SignInLinkUsed(_About, frozen=True, kw_only=True):
    """Someone who had the link signed in with it."""

    def sentence(self) -> str:
        """Names nobody: the actor is the person."""
        return "signed in with a link"


@event("accounts.password_set", mark="key")
class PasswordSet(_About, frozen=True, kw_only=True):
    """A password was set; other sessions ended."""

    def sentence(self) -> str:
        """Names the person."""
        return f"set the password of {self.name}"


@event("accounts.second_factors_removed", mark="shield-x")
class SecondFactorsRemoved(_About, frozen=True, kw_only=True):
    """Passkeys, one-time codes and recovery codes of a person were removed."""

    def sentence(self) -> str:
        """Names the person."""
        return f"removed the passkeys and one-time codes of {self.name}"


@event("accounts.team_added", mark="users")
class TeamAdded(Event, frozen=True, kw_only=True):
    """A team exists from now on."""

    team: str
    name: str

    def sentence(self) -> str:
        """Names the team."""
        return f"added the team {self.name}"


@event("accounts.team_changed", mark="users")
class TeamChanged(Event, frozen=True, kw_only=True):
    """A team's name or members changed; members by id."""

    team: str
    name: str
    joined: list[str]
    left: list[str]

    def sentence(self) -> str:
        """Names the team and counts who joined and left."""
        moved = [f"{len(ids)} {word}" for ids, word in ((self.joined, "joined"), (self.left, "left")) if ids]
        return f"changed the team {self.name}" + (f": {', '.join(moved)}" if moved else "")


@event("accounts.team_hours_changed", mark="clock")
class TeamHoursChanged(Event, frozen=True, kw_only=True):
    """A team keeps hours of its own from now on, or no longer."""

    team: str
    name: str
    own: bool

    def sentence(self) -> str:
        """Names the team."""
        whose = "hours of its own" if self.own else "the organisation's hours"
        return f"gave the team {self.name} {whose}"


@event("accounts.team_removed", mark="users")
class TeamRemoved(Event, frozen=True, kw_only=True):
    """A team is gone; what it owned has no owner now."""

    team: str
    name: str

    def sentence(self) -> str:
        """Names the team."""
        return f"removed the team {self.name}"


@event("accounts.token_added", mark="key")
class TokenAdded(Event, frozen=True, kw_only=True):
    """An API token exists from now on; only its first characters are kept."""

    token: str
    name: str
    prefix: str
    scopes: list[str]

    def sentence(self) -> str:
        """Names the token and what it may do."""
        return f"added the API token {self.name} ({self.prefix}…) for {_listed(self.scopes)}"


@event("accounts.token_revoked", mark="ban")
class TokenRevoked(Event, frozen=True, kw_only=True):
    """An API token opens nothing any more."""

    token: str
    name: str

    def sentence(self) -> str:
        """Names the token."""
        return f"revoked the API token {self.name}"


@event("accounts.organisation_changed", mark="settings")
class OrganisationChanged(Event, frozen=True, kw_only=True):
    """Settings of the organisation changed."""

    fields: list[str]

    def sentence(self) -> str:
        """Names the settings."""
        words = [field.replace("_", " ") for field in self.fields]
        return f"changed the organisation: {_listed(words)}"
