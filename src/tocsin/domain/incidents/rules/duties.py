"""Standing duties of each role, and the skills it asks for, until the house writes its own. Pure data and shapes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.kernel.errors import Invalid

MOST = 20
LONGEST = 200
LATEST = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class DutyKind:
    """Something a holder of the role does within so many minutes of taking it."""

    text: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a role asks for."""

    skills: tuple[str, ...]
    duties: tuple[DutyKind, ...]


def _duties(*pairs: tuple[int, str]) -> tuple[DutyKind, ...]:
    return tuple(DutyKind(text, minutes) for minutes, text in pairs)


DEFAULTS: Mapping[str, Kept] = {
    "commander": Kept(
        ("incident-command",),
        _duties(
            (5, "Say what is known and what is done first"),
            (10, "Confirm the severity"),
            (15, "Fill the roles that are needed"),
            (30, "Agree when the next decision is due"),
        ),
    ),
    "operations": Kept(
        ("operations",),
        _duties(
            (10, "Say what changed last"), (15, "Name one fix to try and who tries it"), (30, "Say what was ruled out")
        ),
    ),
    "communications": Kept(
        ("writing",), _duties((10, "Write the first internal update"), (15, "Decide whether users must be told"))
    ),
    "security": Kept(
        ("security",),
        _duties(
            (10, "Decide whether to isolate"), (20, "Keep the evidence"), (60, "Start the legal clocks that apply")
        ),
    ),
    "scribe": Kept((), _duties((5, "Write down who is here"), (15, "Record each decision with its reason"))),
    "liaison": Kept(
        (), _duties((15, "Tell the account owners of those affected"), (30, "Ask the provider for a time"))
    ),
}
NOTHING = Kept((), ())


def clean_duties(given: Iterable[Mapping[str, Any]], field: str = "duties") -> list[dict[str, Any]]:
    """Duties as they are kept. Raises `Invalid` naming the one that is wrong."""
    found = []
    for number, duty in enumerate(given, 1):
        text = " ".join(str(duty.get("text", "")).replace("\0", "").split())
        minutes = duty.get("minutes")
        if not text or len(text) > LONGEST:
            raise Invalid(f"{field}: duty {number} needs 1 to {LONGEST} characters.", field=field)
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= LATEST:
            raise Invalid(f"{field}: duty {number} needs minutes from 1 to {LATEST}.", field=field)
        found.append({"text": text, "minutes": minutes})
    if len(found) > MOST:
        raise Invalid(f"{field}: {len(found)} are too many; write at most {MOST}.", field=field)
    return found
