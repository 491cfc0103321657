"""What readers of the roles of an incident get: who holds, suits and does what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.incidents.views import PersonRef, RoleView


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One thing that is open, in a few words; `due_at` stands after them, on the wall of whoever reads it."""

    text: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuggestedView:
    """Someone who suits a role: what speaks for them, what against."""

    person: PersonRef
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleDutyView:
    """A standing duty of a role in this incident. `late`: due and not done."""

    id: str
    text: str
    due_at: datetime
    done_at: datetime | None
    done_by: PersonRef | None
    late: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One role: whether it is needed now, who holds it, who was asked, and what is wrong with that."""

    role: str
    words: str
    needed: bool
    holder: RoleView | None
    offer: RoleView | None
    warnings: tuple[str, ...]
    suggested: tuple[SuggestedView, ...] = ()
    duties: tuple[RoleDutyView, ...] = ()
    skills: tuple[str, ...] = ()
    note: str = ""
    left_open: tuple[LeftOpen, ...] = ()
    """With an offer: the note to it, and what is open."""


@dataclass(frozen=True, slots=True)
class RoleKindView:
    """What a role asks for. `own`: the house wrote it; otherwise it is as it came. `duties` are (minutes, text)."""

    role: str
    words: str
    skills: tuple[str, ...]
    duties: tuple[tuple[int, str], ...]
    own: bool
    custom: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who might take a role. `on_call`: schedules; `load`: open incidents with a role; `suits`: role slugs."""

    person: PersonRef
    on_call: tuple[str, ...]
    load: int
    here: bool
    suits: tuple[str, ...]
    skills: tuple[str, ...] = ()
    night: int = 0
    worked: timedelta = timedelta(0)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """One entry of the hand-over log: what became of a role, and the note to it."""

    at: datetime
    actor_name: str
    sentence: str
    note: str


@dataclass(frozen=True, slots=True)
class MatrixView:
    """Roles x people of an incident, and how its roles changed hands, newest first."""

    rows: tuple[MatrixRow, ...]
    people: tuple[Candidate, ...]
    handovers: tuple[HandOver, ...]
