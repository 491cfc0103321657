"""The only writers of this room: messages to send, the ledger of what became of them, destinations."""

from tocsin.domain.delivery.commands.destinations import (
    add_destination,
    change_destination,
    remove_destination,
    request_verification,
    verify,
)
from tocsin.domain.delivery.commands.posting import hear
from tocsin.domain.delivery.commands.sending import Letter, note_receipt, send, send_many, send_test, suppress
from tocsin.domain.delivery.commands.webhooks import (
    add_webhook,
    change_webhook,
    change_webhook_secret,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    send_again,
    test_webhook,
)

__all__ = [
    "Letter",
    "add_destination",
    "add_webhook",
    "change_destination",
    "change_webhook",
    "change_webhook_secret",
    "hear",
    "note_receipt",
    "pause_webhook",
    "remove_destination",
    "remove_webhook",
    "request_verification",
    "resume_webhook",
    "send",
    "send_again",
    "send_many",
    "send_test",
    "suppress",
    "test_webhook",
    "verify",
]
