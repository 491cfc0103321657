"""The only writers of this room: messages to send, the ledger of what became of them, destinations."""

from tocsin.domain.delivery.commands.channels import give_channel, remove_channel, save_channel, test_channel
from tocsin.domain.delivery.commands.destinations import (
    add_destination,
    change_destination,
    remove_destination,
    request_verification,
    verify,
)
from tocsin.domain.delivery.commands.ending import claim_destination, once, start_address, stop_address
from tocsin.domain.delivery.commands.posting import hear
from tocsin.domain.delivery.commands.replies import answer_delivery, answer_from, language_at, said_in
from tocsin.domain.delivery.commands.sending import Letter, note_receipt, send, send_many, send_test, suppress
from tocsin.domain.delivery.commands.unreal import remove_unreal
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
    "answer_delivery",
    "answer_from",
    "change_destination",
    "change_webhook",
    "change_webhook_secret",
    "claim_destination",
    "give_channel",
    "hear",
    "language_at",
    "note_receipt",
    "once",
    "pause_webhook",
    "remove_channel",
    "remove_destination",
    "remove_unreal",
    "remove_webhook",
    "request_verification",
    "resume_webhook",
    "said_in",
    "save_channel",
    "send",
    "send_again",
    "send_many",
    "send_test",
    "start_address",
    "stop_address",
    "suppress",
    "test_channel",
    "test_webhook",
    "verify",
]
