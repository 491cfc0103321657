"""What a vendor fills so that messages can leave through it, and the registry of those that do.

Hides where vendors live. Knows no vendor by name; a new one is a folder in `tocsin.integrations` and no edit here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Protocol

import structlog

from tocsin.kernel.business_time import zone_of
from tocsin.kernel.errors import Invalid
from tocsin.kernel.subject import Subject

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, before a transport gives it its form.

    `text` is plain and complete by itself; `html` is given only by callers that have cleaned it. `url` is absolute,
    `action` the word on its button. `urgent` messages may wake. `attributes` are short facts for machines.
    `occurred_at` (ISO 8601) is filled by `send` when empty, and so are `language`, the reader's where known, and
    `replies`: an answer to it acknowledges or passes on. `code` is the one to be typed back, which voice spells.
    `over`: what `follows` (ids of earlier deliveries) told of is over; it makes no noise, and takes their place where
    the channel can change what was sent. `earlier` is the provider's name of the first, filled when it goes out.
    """

    title: str
    text: str
    html: str = ""
    url: str = ""
    reference: str = ""
    severity: str = ""
    urgent: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    action: str = ""
    occurred_at: str = ""
    language: str = ""
    replies: bool = False
    code: str = ""
    over: bool = False
    follows: tuple[str, ...] = ()
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: their language ('' unknown) and the time zone of their wall."""

    language: str
    time_zone: str

    def when(self, moment: datetime, at: datetime) -> str:
        """`"21:30 (Europe/Berlin)"`: on their wall; with its date when that is not the one of `at` there."""
        there, today = (each.astimezone(zone_of(self.time_zone)) for each in (moment, at))
        day = "" if there.date() == today.date() else f"{there:%Y-%m-%d} "
        return f"{day}{there:%H:%M} ({self.time_zone})"


Written = Message | Callable[[Reader], Message]
"""A message, or how it is worded for its reader."""


def message_about(
    subject: Subject,
    *,
    title: str,
    text: str,
    severity: str = "",
    url: str = "",
    urgent: bool = False,
    attributes: Mapping[str, str] | None = None,
    action: str = "",
) -> Message:
    """A message about a subject. Of a restricted one only reference and severity leave the house (security.md)."""
    if subject.restricted:
        title = f"{severity.capitalize()}: {subject.reference}" if severity else subject.reference
        text, attributes = "Details are restricted; sign in to see them.", None
    return Message(
        title=title,
        text=text,
        url=url,
        reference=subject.reference,
        severity=severity,
        urgent=urgent,
        attributes=attributes or {},
        action=action,
    )


@dataclass(frozen=True, slots=True)
class DestinationView:
    """Where a message goes. `address` and `config` may be secrets: never show them to anybody but their owner."""

    id: str
    person_id: str
    kind: str
    address: str
    address_hint: str
    label: str
    config: Mapping[str, str]
    enabled: bool
    verified_at: datetime | None
    position: int
    ended: str = ""
    """Why its provider or its owner there ended it; '' otherwise."""

    @property
    def word(self) -> str:
        """What it is, as a sentence says it."""
        return word_of(self.kind)

    @property
    def verified(self) -> bool:
        """True when somebody proved that messages arrive there."""
        return self.verified_at is not None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One try. An empty `outcome` is under way."""

    number: int
    at: datetime
    outcome: str
    answer: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message to one destination, and what became of it. `answer` is the provider's, or the reason."""

    id: str
    state: str
    purpose: str
    key: str
    destination_id: str
    person_id: str
    person: str
    kind: str
    address_hint: str
    subject_kind: str
    subject_id: str
    subject_reference: str
    subject_url: str
    urgent: bool
    answer: str
    created_at: datetime
    next_at: datetime | None
    settled_at: datetime | None
    attempts: tuple[AttemptView, ...] = ()

    @property
    def word(self) -> str:
        """By what it went, as a sentence says it."""
        return word_of(self.kind)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it. `provider_id` is its name for the message, if it gave one."""

    provider_id: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Permanent:
    """It was refused and will always be. `ended`: the destination itself is no more; it is switched off, and told."""

    answer: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Temporary:
    """It did not go out; later it may. `provider` False: the fault is this message's, others may go on."""

    answer: str
    retry_after: timedelta | None = None
    provider: bool = True


@dataclass(frozen=True, slots=True)
class Unknown:
    """It went out, and nobody knows whether it arrived."""

    answer: str


Reply = Accepted | Permanent | Temporary | Unknown


class Capability(StrEnum):
    """What a transport can do, so that the right one is asked first."""

    WAKES = "wakes"
    """It makes a noise on a phone."""
    HTML = "html"
    RECEIPTS = "receipts"
    """The provider tells later whether it arrived."""
    IDEMPOTENT = "idempotent"
    """The other side can drop a second copy by its key."""
    TWO_WAY = "two-way"
    """Its reader can answer on the spot: a reply, a key, a button."""
    VOICE = "voice"
    """It is spoken, not read."""
    SMS = "sms"
    """A text message to a telephone number: it rings, and each costs."""
    EDITS = "edits"
    """It can change what it sent, without a noise."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a destination's form. The one named `address` is the address; the others are its config."""

    name: str
    label: str
    help: str = ""
    required: bool = False
    secret: bool = False
    placeholder: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    lines: bool = False
    """It has several lines."""
    given: bool = True
    """False: not typed by anybody; the channel itself tells it."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a kind of destination is like, where it differs from the common. A transport may have it as `traits`.

    `icon` is a name of the sprite; `channel` the account of the organisation that it needs; `note` what it is good
    for, in a few words; `text_length` the characters after which it is cut (0: never); `proof` how a destination is
    proved: by a typed `code`, or by the channel itself (`start`: its person opens a link there; `browser`: it is
    added by the browser that receives). `word` is how a sentence calls it, as in "paged Ada by text message"; empty:
    its name.
    """

    icon: str = "send"
    channel: str = ""
    note: str = ""
    text_length: int = 0
    proof: str = "code"
    word: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A destination as it will be kept. `hint` may be shown to colleagues; it betrays no secret."""

    address: str
    hint: str
    config: Mapping[str, str]


class Transport(Protocol):
    """A way out. Stateless and thread-safe; `send` is called outside any transaction and takes under 30 s."""

    kind: str
    name: str
    capabilities: frozenset[Capability]
    fields: tuple[FormField, ...]

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """The destination as it will be kept. Raises `Invalid` naming the field. No network."""
        ...

    def lane(self, destination: DestinationView) -> str:
        """The provider: destinations of one lane share a limit and a circuit breaker."""
        ...

    def problem(self) -> str:
        """Why nothing can be sent at present (a missing setting), with the mend; empty when all is well."""
        ...

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Send once. The key is the same for every attempt of this delivery."""
        ...


def traits_of(transport: Transport | None) -> Traits:
    """Its traits; the common ones when it says nothing."""
    found: Traits = getattr(transport, "traits", None) or Traits()
    return found


_transports: dict[str, Transport] = {}


def word_of(kind: str) -> str:
    """How a sentence calls a kind: `"text message"`, never `"sms_gateway"`, also of one that is installed no more."""
    found = _transports.get(kind)
    return (traits_of(found).word or found.name) if found else kind.replace("_", " ")


Recheck = Callable[[DeliveryView], str | None]
_rechecks: dict[str, Recheck] = {}
_guards: dict[str, Recheck] = {}
_hidden: set[str] = set()
_traceless: set[str] = set()
_keepings: list[Callable[[str], str]] = []


def capabilities_of(kind: str) -> frozenset[Capability]:
    """What messages of this kind can do; nothing for one that is installed no more."""
    found = _transports.get(kind)
    return found.capabilities if found else frozenset()


def register_transport(kind: str, transport: Transport) -> None:
    """Make a transport known under its kind of destination."""
    _transports[kind] = transport


def register_hidden_transport(kind: str, transport: Transport) -> None:
    """Make a transport known that nobody can choose: for Tocsin's own synthetic messages."""
    register_transport(kind, transport)
    _hidden.add(kind)


def offered(kind: str) -> bool:
    """True for a kind that people can choose."""
    return kind not in _hidden


def register_traceless(purpose: str) -> None:
    """Deliveries of this purpose write no event: whoever sends them looks after them, and takes them away."""
    _traceless.add(purpose)


def traceless(purpose: str) -> bool:
    """True when nothing is written to the log about deliveries of this purpose."""
    return purpose in _traceless


def transports() -> dict[str, Transport]:
    """All transports by kind."""
    return dict(_transports)


def transport(kind: str, *, field: str = "kind") -> Transport:
    """The transport of a kind. Raises `Invalid` naming the kinds there are."""
    found = _transports.get(kind)
    if found is None:
        known = ", ".join(sorted(_transports))
        raise Invalid(f"{field}: '{kind}' is not a kind of destination; choose one of {known}.", field=field)
    return found


def load_transports() -> None:
    """Import the `transport` module of every vendor that has one; each registers itself."""
    import_module("tocsin.integrations").discover("transport")


Opening = Callable[[str], str]
_openings: dict[str, Opening] = {}


def register_opening(kind: str, opening: Opening) -> None:
    """`opening(address)` is what is needed to add a destination of a kind that proves itself (see `Traits.proof`).

    `browser`: the key to subscribe with; `start`: the link that the person of this address opens.
    """
    _openings[kind] = opening


def opening_of(kind: str, address: str = "") -> str:
    """What is needed to add a destination of this kind; '' when nothing is."""
    found = _openings.get(kind)
    return found(address) if found else ""


def register_recheck(purpose: str, recheck: Recheck) -> None:
    """`recheck(delivery)` is asked right before every attempt; a reason suppresses it, None lets it go."""
    _rechecks[purpose] = recheck


def register_guard(name: str, guard: Recheck) -> None:
    """`guard(delivery)` is asked right before every attempt of every purpose; a reason suppresses it."""
    _guards[name] = guard


def register_keeping(keeping: Callable[[str], str]) -> None:
    """`keeping(stream)`: a reason keeps events of that stream from outgoing webhooks; '' lets them go."""
    _keepings.append(keeping)


def reason_to_keep(stream: str) -> str:
    """Why events of this stream stay in the house; '' when they may go out."""
    return next((reason for keeping in _keepings if (reason := keeping(stream))), "")


def reason_not_to_send(delivery: DeliveryView) -> str:
    """The reason of the purpose's recheck or of a guard, or ''. One that breaks never holds an urgent message back."""
    recheck = _rechecks.get(delivery.purpose)
    for ask in [*([recheck] if recheck else []), *_guards.values()]:
        try:
            reason = ask(delivery)
        except Exception:
            if not delivery.urgent:
                raise
            log.exception("recheck_failed", purpose=delivery.purpose, delivery=delivery.id)
            continue
        if reason:
            return reason
    return ""
