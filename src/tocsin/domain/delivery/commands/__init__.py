"""The only writers of this room: messages to send, the ledger of what became of them, destinations."""

from tocsin.domain.delivery.commands.destinations import (
    add_destination,
    change_destination,
    remove_destination,
    request_verification,
    verify,
)
from tocsin.domain.delivery.commands.sending import Letter, note_receipt, send, send_many, send_test, suppress

__all__ = [
    "Letter",
    "add_destination",
    "change_destination",
    "note_receipt",
    "remove_destination",
    "request_verification",
    "send",
    "send_many",
    "send_test",
    "suppress",
    "verify",
]
