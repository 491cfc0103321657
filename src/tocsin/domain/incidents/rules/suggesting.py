"""Who suits a role, and why: skill, role in the organisation, being on call, load, pages at night, hours worked.

Pure: facts go in, an order with reasons comes out. Never assigns anybody.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from tocsin.domain.incidents.rules.roles import RoleName, suits

TIRED_AFTER = timedelta(hours=4)
"""Whoever has worked on an incident for this long is not the first to be asked for more (the product's defaults)."""
_WEIGHTS = {"skill": 6, "suits": 8, "on_call": 4, "here": 2, "load": -3, "night": -1, "tired": -8, "holds": -5}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person now. `load`: open incidents elsewhere, `night`: pages of last night."""

    person: str
    name: str
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    on_call: bool
    here: bool
    load: int
    night: int
    worked: timedelta
    holds: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A person for a role; `reasons` speak for them, `doubts` against, each in a few words."""

    person: str
    score: int
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def suggestion(role: str, wanted: Collection[str], facts: Facts) -> Suggestion:
    """How well one person suits the role."""
    matching = [skill for skill in facts.skills if skill in wanted]
    fits = role in set(RoleName) and suits(RoleName(role), facts.roles)
    tired = facts.worked >= TIRED_AFTER
    hours = int(facts.worked.total_seconds() // 3600)
    score = (
        _WEIGHTS["skill"] * len(matching)
        + _WEIGHTS["suits"] * fits
        + _WEIGHTS["on_call"] * facts.on_call
        + _WEIGHTS["here"] * facts.here
        + _WEIGHTS["load"] * facts.load
        + _WEIGHTS["night"] * min(facts.night, 5)
        + _WEIGHTS["tired"] * tired
        + _WEIGHTS["holds"] * facts.holds
    )
    reasons = [
        *(f"knows {skill}" for skill in matching),
        *(["does this by role"] if fits else []),
        *(["on call"] if facts.on_call else []),
        *(["already here"] if facts.here else []),
        *(["no other incident"] if not facts.load else []),
    ]
    doubts = [
        *([f"{facts.load} other open incident{'s' if facts.load > 1 else ''}"] if facts.load else []),
        *([f"{facts.night} page{'s' if facts.night > 1 else ''} last night"] if facts.night else []),
        *([f"{hours} h worked here"] if tired else []),
        *([f"holds {facts.holds} role{'s' if facts.holds > 1 else ''} here"] if facts.holds else []),
    ]
    return Suggestion(facts.person, score, tuple(reasons), tuple(doubts))


def best(role: str, wanted: Collection[str], people: Iterable[Facts], most: int = 3) -> list[Suggestion]:
    """Those who suit best, the best first; none whom nothing but having no other incident speaks for."""
    found = [(suggestion(role, wanted, each), each.name.casefold()) for each in people]
    fitting = [(one, name) for one, name in found if one.score > 0]
    return [one for one, _ in sorted(fitting, key=lambda pair: (-pair[0].score, pair[1]))[:most]]
