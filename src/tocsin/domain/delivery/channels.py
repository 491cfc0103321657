"""The organisation's accounts with vendors: what each asks for, and what is set, by the environment or in the store.

Hides which vendors there are and where a value comes from; a value of the environment wins. Never writes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from json import loads
from typing import Protocol

from django.conf import settings

from tocsin.domain.delivery.models import Channel
from tocsin.domain.delivery.ports import FormField
from tocsin.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Address:
    """An address of ours that the administrator enters at the vendor's, and where."""

    label: str
    path: str


class ChannelKind(Protocol):
    """An account with a vendor. Stateless. `kinds` are the kinds of destination that go through it."""

    name: str
    title: str
    about: str
    icon: str
    kinds: tuple[str, ...]
    fields: tuple[FormField, ...]
    addresses: tuple[Address, ...]

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """The settings as they are kept. Raises `Invalid` naming the field. No network."""
        ...

    def connect(self, config: Mapping[str, str]) -> str:
        """What has to be done at the vendor's after a change; the mend when it did not work, '' when all is well.

        Called by an engine, outside any transaction.
        """
        ...


_kinds: dict[str, ChannelKind] = {}
_once: ContextVar[dict[str, dict[str, str]] | None] = ContextVar("channels_once", default=None)


def register_channel(kind: ChannelKind) -> None:
    """Make a channel known."""
    _kinds[kind.name] = kind


def channel_kinds() -> dict[str, ChannelKind]:
    """All channels by name, sorted."""
    return dict(sorted(_kinds.items()))


def channel_kind(name: str) -> ChannelKind:
    """One channel. Raises `NotFound`."""
    found = _kinds.get(name)
    if found is None:
        raise NotFound(f"There is no channel '{name}'; there are {', '.join(sorted(_kinds))}.")
    return found


@contextmanager
def accounts_once() -> Iterator[None]:
    """Within it all accounts are read with one query, for asking about many; never kept for longer."""
    token = _once.set({row.name: loads(row.config) for row in Channel.objects.all()})
    try:
        yield
    finally:
        _once.reset(token)


def account(name: str) -> dict[str, str]:
    """What is set for a channel, secrets included; {} when it is not set up. One query. Never show it to anybody."""
    known = _once.get()
    if known is None:
        row = Channel.objects.filter(name=name).first()
        kept = loads(row.config) if row else {}
    else:
        kept = known.get(name, {})
    return {**kept, **of_environment(name)}


def of_environment(name: str) -> dict[str, str]:
    """What `TOCSIN_CHANNEL_<NAME>_<FIELD>` says of a channel."""
    kind, given = _kinds.get(name), settings.CHANNELS
    if kind is None or not given:
        return {}
    keys = {field.name: f"{name}_{field.name}".upper() for field in kind.fields}
    return {field: given[key] for field, key in keys.items() if given.get(key)}


def missing(name: str, config: Mapping[str, str] | None = None) -> str:
    """Why a channel cannot be used, with the mend; '' when all that it needs is set."""
    kind = _kinds[name]
    config = account(name) if config is None else config
    without = [field.label for field in kind.fields if field.required and not config.get(field.name)]
    if not without:
        return ""
    if len(without) == sum(field.required for field in kind.fields):
        return f"{kind.title} is not set up: an administrator does that under Settings, Channels."
    return f"{kind.title} is not set up whole: {', '.join(without)} is missing; see Settings, Channels."
