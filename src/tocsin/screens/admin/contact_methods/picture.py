"""How contact methods and the messages to them look: state in words, and whether anybody could be woken at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.domain.delivery.queries import DeliveryView, DestinationView, TransportView

SENT = {
    "queued": ("wait", "Waiting"),
    "leased": ("busy", "Being sent"),
    "sent": ("ok", "Handed over"),
    "delivered": ("ok", "Arrived"),
    "failed": ("bad", "Failed"),
    "unknown": ("unknown", "Nobody knows"),
    "suppressed": ("off", "Held back"),
}
_PURPOSES = {"delivery.verification": "Code", "delivery.test": "Test page", "delivery.ended": "Notice"}


@dataclass(frozen=True, slots=True)
class Method:
    """One contact method as a row: `kind` and `word` are its state, `last` the newest message to it."""

    view: DestinationView
    name: str
    icon: str
    wakes: bool
    kind: str
    word: str
    problem: str
    last: DeliveryView | None = None

    @property
    def works(self) -> bool:
        """True when a page can go there now."""
        return self.view.enabled and self.view.verified and not self.problem


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to a contact method, with its state in words."""

    view: DeliveryView
    what: str
    kind: str
    word: str


def method_of(view: DestinationView, transports: dict[str, TransportView], sent: list[DeliveryView]) -> Method:
    """One row. No query."""
    transport = transports.get(view.kind)
    problem = transport.problem if transport else "Its kind is no longer installed; remove it, or install the vendor."
    if view.ended and not view.enabled:
        kind, word, problem = "bad", "Ended there", view.ended
    elif not view.enabled:
        kind, word = "off", "Switched off"
    elif not view.verified:
        starts = transport is not None and transport.traits.proof == "start"
        kind, word = "wait", "Waits to be opened" if starts else "Waits for its code"
    elif problem:
        kind, word = "warn", "Cannot send at present"
    else:
        kind, word = "ok", "Verified"
    name = view.label or (transport.name if transport else view.kind)
    last = next((each for each in sent if each.destination_id == view.id), None)
    icon = transport.traits.icon if transport else "send"
    return Method(view, name, icon, bool(transport and transport.wakes), kind, word, problem, last)


def addable(kinds: Iterable[TransportView]) -> list[TransportView]:
    """Kinds in the order in which they are worth adding: what can send first, then what rings."""
    return sorted(kinds, key=lambda each: (bool(each.problem), not each.wakes, each.name.lower()))


def sent_of(rows: list[DeliveryView], method_id: str, most: int = 8) -> list[Sent]:
    """The newest messages to one contact method."""
    mine = [row for row in rows if row.destination_id == method_id][:most]
    return [Sent(row, _what(row), *SENT.get(row.state, ("unknown", row.state))) for row in mine]


def moving(rows: list[Sent]) -> bool:
    """True while the end of a message is still expected."""
    return any(row.view.state in {"queued", "leased", "unknown"} for row in rows)


def _what(row: DeliveryView) -> str:
    return _PURPOSES.get(row.purpose) or f"{'Page' if row.urgent else 'Message'} {row.subject_reference}".strip()
