"""Whether a regime applies, whether to notify, and which edition of the book counts: decisions that people make."""

from django.db import transaction

from tocsin.domain.obligations.commands.filing import (
    APPLIES,
    SET_ASIDE,
    Open,
    author,
    book_of,
    close,
    opened,
    record,
    register,
    text,
)
from tocsin.domain.obligations.events import Decided, Replanned
from tocsin.domain.obligations.gates import BOOK
from tocsin.domain.obligations.models import Considered
from tocsin.domain.obligations.naming import TOCSIN
from tocsin.domain.rulebooks import queries as rulebooks
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict


def start(actor: Actor, *, incident: str, regime: str, reason: str = "", version: int | None = None) -> bool:
    """A regime applies: its clocks run from what is known, the others wait. Event `obligations.decided`.

    False, and nothing is written, when they run already: two people may press at once.
    """
    said = text(reason, "reason")
    with transaction.atomic():
        found = opened(actor, incident, deciding=True, version=version)
        name = found.regime(regime).name
        if _known(found, regime, APPLIES) is not None:
            return False
        _consider(found, regime, APPLIES, f"Started the clocks of {name}", said)
    return True


def set_aside(actor: Actor, *, incident: str, regime: str, reason: str, version: int | None = None) -> None:
    """A regime does not apply, for a reason that is kept. Its clocks stop; what was submitted stays."""
    said = text(reason, "reason", needed="say why it does not apply; it is kept in the register.")
    with transaction.atomic():
        found = opened(actor, incident, deciding=True, version=version)
        name = found.regime(regime).name
        known = _known(found, regime, SET_ASIDE)
        if known is not None:
            raise Conflict(f"{known.by} decided already that {name} is not applicable.", field="regime")
        _consider(found, regime, SET_ASIDE, f"{name} is not applicable", said)


def _known(found: Open, regime: str, state: str) -> Considered | None:
    """What was decided about the regime, when it was just that."""
    return Considered.objects.filter(file=found.row, regime=regime, state=state).first()


def _consider(found: Open, regime: str, state: str, words: str, reason: str) -> None:
    values = {"state": state, "reason": reason, "by": found.actor.name, "at": now()}
    Considered.objects.update_or_create(file=found.row, regime=regime, defaults=values)
    register(found, state, words, regime=regime, reason=reason)
    _tell(found, state, words, regime, reason)
    close(found)


def decide(actor: Actor, *, incident: str, regime: str, notify: bool, reason: str) -> None:
    """Keep the decision to notify or not, with its reason; no clock moves. Event `obligations.decided`."""
    said = text(reason, "reason", needed="say why; it is kept in the register.")
    with transaction.atomic():
        found = opened(actor, incident, deciding=True)
        name = found.regime(regime).name
        words = f"{name}: decided {'to notify' if notify else 'not to notify'}"
        register(found, "notify" if notify else "not_notify", words, regime=regime, reason=said)
        _tell(found, "notify" if notify else "not_notify", words, regime, said)


def replan_by(actor: Actor, *, incident: str, version: int | None = None) -> int:
    """Let the clocks follow the edition in force; returns its number. Event `obligations.replanned`.

    What was met stays met, holds and waivers stay. Raises `Conflict` when they follow it already.
    """
    with transaction.atomic():
        found = opened(actor, incident, deciding=True, version=version)
        newest = rulebooks.in_force(TOCSIN, BOOK).number
        before = found.row.edition
        if newest == before:
            raise Conflict(f"The clocks follow edition {newest} already.", field="edition")
        found.row.edition, found.book = newest, book_of(newest)
        words = f"re-planned the legal clocks by edition {newest}, before: {before}"
        register(found, "replanned", words[:1].upper() + words[1:])
        record(found, Replanned(author=author(actor), said=words, edition=newest, before=before))
        close(found, "edition")
    return newest


def _tell(found: Open, decision: str, words: str, regime: str, reason: str) -> None:
    said = words[:1].lower() + words[1:] if words.startswith("Started") else f"recorded: {words}"
    record(found, Decided(author=author(found.actor), regime=regime, decision=decision, said=said, reason=reason))
