"""Who acts. Every command and query takes an Actor, explicitly; there is no default."""

from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.kernel.errors import Denied


class Role(StrEnum):
    """What a person may do everywhere. A person may hold several."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    COMMANDER = "commander"
    SECURITY = "security"
    AGENT = "agent"
    COMMUNICATOR = "communicator"
    ADMINISTRATOR = "administrator"


ALL_ROLES = frozenset(Role)
STAFF = ALL_ROLES
RESPONDERS = frozenset({Role.RESPONDER, Role.COMMANDER, Role.SECURITY, Role.ADMINISTRATOR})
COMMANDERS = frozenset({Role.COMMANDER, Role.SECURITY, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Permission:
    """A named right and the roles that have it. Rooms declare theirs in `permissions.py`."""

    name: str
    roles: frozenset[Role]
    sentence: str
    """What it allows, to complete 'You may not …': 'declare an incident'."""

    def __post_init__(self) -> None:
        _known[self.name] = self


_known: dict[str, Permission] = {}


def known_permissions() -> dict[str, Permission]:
    """Every right that was declared so far, by name; all of them once the rooms are loaded."""
    return dict(_known)


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that acts: a person, an API token, a page link, the system itself, or a stranger.

    `id` is stable and prefixed by its kind (`person:…`, `token:…`, `system:…`). `person` is the person's id
    where one stands behind it. `scopes` narrows an API token: None means no narrowing.
    """

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()
    person: str = ""
    scopes: frozenset[str] | None = field(default=None)

    @property
    def is_system(self) -> bool:
        """True for Tocsin's own workers, which no role binds."""
        return self.id.startswith("system:")

    def has(self, permission: Permission) -> bool:
        """True when a role (and the token's scopes, if it is one) grants the permission."""
        if self.is_system:
            return True
        if self.scopes is not None and permission.name not in self.scopes and "*" not in self.scopes:
            return False
        return bool(self.roles & permission.roles)

    def require(self, permission: Permission) -> None:
        """Raise `Denied` with one clear sentence unless `has(permission)`."""
        if not self.has(permission):
            raise Denied(f"You may not {permission.sentence}; ask an administrator for a role that may.")


def system(worker: str) -> Actor:
    """Tocsin itself, acting through the named worker."""
    return Actor(id=f"system:{worker}", name="Tocsin", roles=ALL_ROLES)


ANONYMOUS = Actor(id="anonymous:", name="Someone not signed in")
