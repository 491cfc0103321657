"""Sends through the Apprise library: one object per target, so that each target has its own result.

Hides that library, which brings its own network code (held to permitted addresses by `guarded`) and answers only
yes or no: the reason is read from what it logs.
"""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tocsin.core.outgoing import AddressRefused, guarded
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Traits,
    Unknown,
    register_transport,
)
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.apprise import config

_STATUS = re.compile(r"error=(\d{3})\b")
_LATER = frozenset({408, 409, 423, 425, 429})


class AppriseTransport:
    """A message to a chat or push product."""

    kind = "apprise"
    name = "Chat or push (Apprise)"
    capabilities = frozenset({Capability.WAKES})
    fields = config.FIELDS
    traits = Traits("message-2", note="many products, most ring", word="Apprise")

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """One target."""
        return config.clean(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One product, one lane."""
        return f"apprise:{config.scheme_of(destination.address)}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Send to the one target. Apprise knows no idempotency key: a second attempt can be a second message."""
        # It loads slowly, and only the engine needs it.
        import apprise

        asset = apprise.AppriseAsset(
            async_mode=False, storage_mode=apprise.PersistentStoreMode.MEMORY, secure_logging=True
        )
        target = apprise.Apprise.instantiate(destination.address, asset=asset)
        if target is None:
            return Permanent("This Apprise URL is not complete, or its product is not known.")
        quiet = apprise.NotifyType.SUCCESS if message.over else apprise.NotifyType.INFO
        kind = apprise.NotifyType.FAILURE if message.urgent else quiet
        try:
            with _listening() as said, guarded() as refused:
                done = target.notify(body=_body(message), title=one_line(headline(message), 250), notify_type=kind)
        except AddressRefused as error:
            return Permanent(str(error))
        if done:
            return Accepted(answer="accepted")
        return Permanent(refused[0]) if refused else _read(said, destination)


def _body(message: Message) -> str:
    if message.url and message.url not in message.text:
        return f"{message.text}\n\n{message.action or 'Open'}: {message.url}"
    return message.text or message.title


def _read(said: list[str], destination: DestinationView) -> Reply:
    """What a 'no' means: by the status the product answered with, else by whether the connection broke."""
    words = one_line(" ".join(said), 300) or f"{destination.address_hint} refused without a reason"
    status = next((int(found[1]) for line in said if (found := _STATUS.search(line))), 0)
    if 400 <= status < 500 and status not in _LATER:
        return Permanent(words)
    if not status and "Connection error" in words:
        # Apprise says the same whether the connection or the answer failed.
        return Unknown(words)
    return Temporary(words)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What the library logs as warning or error in this thread; without the target's address."""
    said: list[str] = []
    thread = threading.get_ident()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                said.append(record.getMessage())

    ear, logger = Ear(logging.WARNING), logging.getLogger("apprise")
    logger.addHandler(ear)
    try:
        yield said
    finally:
        logger.removeHandler(ear)


register_transport(AppriseTransport.kind, AppriseTransport())
