"""What is known of an incident for its legal clocks: facts, numbers, moments. People say it; nothing is guessed."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction

from tocsin.domain.obligations.commands.filing import Open, author, close, opened, past, record, register, text
from tocsin.domain.obligations.events import Noted
from tocsin.domain.obligations.rules.regimes import COUNTS, FACTS, MOMENTS, NO, YES, Trigger
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid

UNKNOWN = "unknown"
MOST = 10_000_000_000


def note(
    actor: Actor,
    *,
    incident: str,
    facts: Mapping[str, str] | None = None,
    numbers: Mapping[str, int | None] | None = None,
    moments: Mapping[str, datetime | None] | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Answer facts (yes, no, unknown), numbers and moments; what is left out stays, None or unknown takes it back.

    A moment may be moved, also back in time: every clock that hangs on it moves, and one that has run out by that
    is told at once. Event `obligations.noted`; moved moments stand in the register. Raises `Invalid`, `Conflict`.
    """
    said = text(reason, "reason")
    answers, counts, times = _facts(facts or {}), _numbers(numbers or {}), _moments(moments or {})
    with transaction.atomic():
        found = opened(actor, incident, deciding=False, version=version)
        changed = _keep(found, answers, counts, times)
        if not changed:
            return
        for name in (name for name in times if Trigger(name).words in changed):
            at = times[name]
            words = (
                f"'{Trigger(name).words}' at {at:%Y-%m-%d %H:%M} UTC" if at else f"took back '{Trigger(name).words}'"
            )
            register(found, "moment", f"Set {words}" if at else words.capitalize(), reason=said)
        record(found, Noted(author=author(actor), said=f"noted for legal clocks: {', '.join(changed)}", reason=said))
        close(found, "facts", "numbers", "moments")


def _keep(
    found: Open, answers: Mapping[str, str], counts: Mapping[str, int | None], times: Mapping[str, datetime | None]
) -> list[str]:
    """Put the answers into the file; the changed ones in words."""
    row, changed = found.row, []
    given: dict[str, tuple[dict[str, object], object, str]] = {}
    given |= {n: (row.facts, None if v == UNKNOWN else v, f"{FACTS[n].lower()}: {v}") for n, v in answers.items()}
    given |= {n: (row.numbers, v, f"{COUNTS[n].lower()}: {'unknown' if v is None else v}") for n, v in counts.items()}
    given |= {n: (row.moments, v.isoformat() if v else None, Trigger(n).words) for n, v in times.items()}
    for name, (kept, value, words) in given.items():
        if kept.get(name) == value:
            continue
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
        changed.append(words)
    return changed


def _facts(given: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in given.items():
        if name not in FACTS or value not in (YES, NO, UNKNOWN):
            raise Invalid(f"facts: answer {', '.join(FACTS)} by yes, no or unknown.", field="facts")
    return given


def _numbers(given: Mapping[str, int | None]) -> Mapping[str, int | None]:
    for name, value in given.items():
        if name not in COUNTS or (value is not None and not 0 <= value <= MOST):
            raise Invalid(f"{name}: write a number of people, 0 or more.", field=name)
    return given


def _moments(given: Mapping[str, datetime | None]) -> Mapping[str, datetime | None]:
    for name, at in given.items():
        if name not in {trigger.value for trigger in MOMENTS}:
            raise Invalid(f"moments: '{name}' is none; choose of {', '.join(MOMENTS)}.", field="moments")
        if at is not None:
            past(at, name)
    return {name: at.astimezone(UTC).replace(microsecond=0) if at else None for name, at in given.items()}
