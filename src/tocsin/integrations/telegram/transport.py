"""A message from the organisation's bot, with buttons under it. Hides the Bot API's fields."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.channels import account, missing
from tocsin.domain.delivery.doors import Verb
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import (
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Traits,
    register_opening,
    register_transport,
)
from tocsin.integrations.telegram import api, config

# Telegram takes 4,096 letters.
_TEXT = 3500
MARKS = {Verb.ACKNOWLEDGE: "a", Verb.PASS_ON: "p"}


class TelegramTransport:
    """A message in the person's chat with the bot."""

    kind = config.KIND
    name = "Telegram"
    capabilities = frozenset({Capability.WAKES, Capability.TWO_WAY, Capability.EDITS})
    fields = config.FIELDS
    traits = Traits("send", config.CHANNEL, "rings, Acknowledge is a button", text_length=_TEXT, proof="start")

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """A chat, or a start that is still to be opened."""
        return config.clean(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One bot, one lane."""
        return "telegram"

    def problem(self) -> str:
        """What the channel lacks."""
        return missing(config.CHANNEL)

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Send once. Telegram cannot drop a second copy."""
        known = account(config.CHANNEL)
        if problem := missing(config.CHANNEL, known):
            return Temporary(problem, provider=False)
        if destination.address.startswith(config.START):
            return Permanent("Nobody opened the bot's start link for this contact method yet.")
        said = fields(destination.address, message, idempotency_key)
        if message.over and message.earlier.isdigit():
            edited = api.edited(known, message.earlier, said)
            if edited is not None:
                return edited
        return api.call(known, "sendMessage", said)


def fields(chat: str, message: Message, delivery: str) -> dict[str, Any]:
    """The parameters of sendMessage. Plain text: what others wrote makes no link and no mention."""
    text = message.text.strip()[:_TEXT]
    lines = [headline(message), text if text != message.title else ""]
    rows: list[list[dict[str, str]]] = []
    if message.replies:
        words = {Verb.ACKNOWLEDGE: "take", Verb.PASS_ON: "pass"}
        mark = delivery.replace("-", "")
        rows.append(
            [
                {"text": phrase(words[verb], message.language), "callback_data": f"{MARKS[verb]}:{mark}"}
                for verb in MARKS
            ]
        )
    if message.url:
        # Telegram refuses buttons to addresses without a dot; the text carries those.
        if "." in (urlsplit(message.url).hostname or ""):
            rows.append([{"text": phrase("open", message.language), "url": message.url}])
        else:
            lines.append(message.url)
    found: dict[str, Any] = {
        "chat_id": chat,
        "text": "\n\n".join(line for line in lines if line),
        "link_preview_options": {"is_disabled": True},
        "disable_notification": message.over,
    }
    if rows:
        found["reply_markup"] = {"inline_keyboard": rows}
    return found


def opening(address: str) -> str:
    """The link that a person opens so that the bot may write to them; '' when their chat is known."""
    name = account(config.CHANNEL).get("bot_name", "")
    start = address.removeprefix(config.START) if address.startswith(config.START) else ""
    return f"https://t.me/{name}?start={start}" if name and start else ""


register_transport(config.KIND, TelegramTransport())
register_opening(config.KIND, opening)
