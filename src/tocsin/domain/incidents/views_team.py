"""What readers of the response team get: who would be called and how, and where each who was called stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.delivery.ports import word_of
from tocsin.domain.delivery.queries import DeliveryView
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.incidents.views import DeadlineView, PersonRef


@dataclass(frozen=True, slots=True)
class MethodView:
    """One contact method, with a hint of its address. `problem`: why it cannot send now."""

    kind: str
    hint: str
    verified: bool
    problem: str

    @property
    def word(self) -> str:
        """What it is, as a sentence says it."""
        return word_of(self.kind)


@dataclass(frozen=True, slots=True)
class WouldCall:
    """One person who would be called.

    `how`: ok, unproved (only by what nobody has verified) or none. `because`: the choices that lead to them.
    `zone` is theirs; `night`: quiet hours there now; `held_until`: this severity wakes nobody, so the page waits.
    `elsewhere` are references of other open incidents they work on ('another incident' for one the reader may not
    see); `standing`: where they stand with this one already, empty when they were not called.
    """

    person: PersonRef
    how: str
    words: str
    methods: tuple[MethodView, ...]
    because: tuple[str, ...]
    on_call: tuple[str, ...]
    zone: str
    night: bool
    held_until: datetime | None
    elsewhere: tuple[str, ...]
    standing: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleToFill:
    """A role that the team is to fill. `holder` has it already; `proposed` would be asked."""

    role: str
    words: str
    holder: PersonRef | None
    proposed: PersonRef | None


@dataclass(frozen=True, slots=True)
class TeamPreview:
    """Who would be called. `gone`: people whom the choice names and who may not sign in any more."""

    people: tuple[WouldCall, ...]
    gone: tuple[str, ...]
    roles: tuple[RoleToFill, ...]


@dataclass(frozen=True, slots=True)
class CalledView:
    """One person on the board.

    `state`: called, joined, declined or stood_down. `reached`: waiting, reached, failed or none (no contact method).
    `opened_at`: when they looked at a link. `next_at` and `next_what`: what happens if nothing changes.
    `instead`: who might come in place of one who declined or cannot be reached.
    """

    person: PersonRef
    state: str
    words: str
    role: str
    called_at: datetime | None
    called_by: PersonRef | None
    changed_at: datetime
    reached: str
    messages: tuple[DeliveryView, ...]
    opened_at: datetime | None
    via: str
    reason: str
    come_at: datetime | None
    next_at: datetime | None
    next_what: str
    worked: timedelta
    since: datetime | None
    replaced_by: PersonRef | None
    instead: tuple[PersonRef, ...]

    @property
    def role_words(self) -> str:
        """The name of the role they were called for; empty without one."""
        return role_words(self.role) if self.role else ""


@dataclass(frozen=True, slots=True)
class BoardView:
    """The response team as it stands. `due` is the deadline by which the team is to be engaged."""

    people: tuple[CalledView, ...]
    joined: int
    asked: int
    declined: int
    due: DeadlineView | None
    worked: timedelta
