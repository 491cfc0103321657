"""The way in for vendors: receipts, replies, key presses. A door proves who knocks before anything is believed.

Hides which vendors have one; a new one is `inbound.py` in its folder. Rooms say here what an answer to their
messages does. Knows no vendor and no subject by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from tocsin.domain.delivery.ports import DeliveryView

PREFIX = "/hooks"


@dataclass(frozen=True)
class Knock:
    """One request as it came. `path` is what follows the vendor's name; `url` the whole address as the vendor was
    told it, which signatures cover; `headers` have lower-case names.
    """

    path: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The fields of a form, in their order, as they came."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form; of one that is there twice, the last."""
        return dict(self.pairs)


@dataclass(frozen=True, slots=True)
class Back:
    """What the vendor is told."""

    status: int = 204
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Door(Protocol):
    """A vendor's way in. Stateless and thread-safe."""

    def hear(self, knock: Knock) -> Back:
        """Verify, then act through commands. Raises `Denied` for a forged request, `NotFound`, `Invalid`."""
        ...


_doors: dict[str, Door] = {}


def register_door(vendor: str, door: Door) -> None:
    """Make a door known under the vendor's part of the address."""
    _doors[vendor] = door


def doors() -> dict[str, Door]:
    """All doors by vendor."""
    return dict(_doors)


def load_doors() -> None:
    """Import the `inbound` module of every vendor that has one; each registers itself."""
    import_module("tocsin.integrations").discover("inbound")


def door_url(vendor: str, path: str) -> str:
    """The address to give to a vendor."""
    return f"{settings.PUBLIC_URL}{PREFIX}/{vendor}/{path}"


def reachable() -> bool:
    """True when vendors can reach this Tocsin: receipts, replies and keys need a public https address."""
    url = urlsplit(settings.PUBLIC_URL)
    host = url.hostname or ""
    if url.scheme != "https" or "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa")):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


class Verb(StrEnum):
    """What a reply asks for."""

    ACKNOWLEDGE = "acknowledge"
    PASS_ON = "pass_on"  # noqa: S105 (a verb)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer led to. `state`: yours (it counted), again (it was theirs already), taken (`by` was first),
    all (several were), passed, over, or refused; `sentence` says it in English. `waiting`: so many others wait still.
    """

    state: str
    sentence: str
    by: str = ""
    reference: str = ""
    waiting: int = 0

    @property
    def counted(self) -> bool:
        """True when this answer changed something."""
        return self.state in ("yours", "all", "passed")


Answering = Callable[[DeliveryView, Verb, str], Answered]
_answerings: dict[str, Answering] = {}


def register_answering(purpose: str, answering: Answering) -> None:
    """`answering(delivery, verb, via)` does what an answer to a message of this purpose asks for.

    It acts in the name of the person whom the message was for. The same answer twice must harm nothing.
    """
    _answerings[purpose] = answering


def answering_of(purpose: str) -> Answering | None:
    """What an answer to a message of this purpose does; None when it can have none."""
    return _answerings.get(purpose)


def answerable() -> list[str]:
    """Purposes whose messages can be answered."""
    return sorted(_answerings)
