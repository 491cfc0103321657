"""The organisation's bot (Settings, Channels): its token and its name; and how a person's chat is found. No network
but in `connect`, which tells Telegram where to post what people write to the bot.
"""

import re
from collections.abc import Mapping

from django.utils.crypto import salted_hmac

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.channels import Address, of_environment, register_channel
from tocsin.domain.delivery.doors import door_url, reachable
from tocsin.domain.delivery.ports import Accepted, Cleaned, FormField
from tocsin.integrations.telegram import api
from tocsin.kernel.errors import Invalid
from tocsin.kernel.ids import new_token

CHANNEL = KIND = "telegram"
START = "start:"
"""Begins the address of a contact method whose person has not opened the bot yet."""
FIELDS: tuple[FormField, ...] = (FormField("address", "Chat", required=True, given=False),)
_TOKEN = re.compile(r"^\d{5,20}:[A-Za-z0-9_-]{30,60}$")
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{3,31}$")
_CHAT = re.compile(r"^-?\d{1,20}$")


class TelegramChannel:
    """One bot of the organisation's."""

    name = CHANNEL
    title = "Telegram"
    about = "A bot writes to people; Acknowledge and Pass on are buttons under its messages."
    icon = "send"
    kinds: tuple[str, ...] = (KIND,)
    fields: tuple[FormField, ...] = (
        FormField("bot_token", "Token of the bot", "From @BotFather: /newbot.", required=True, secret=True),
        FormField("bot_name", "Name of the bot", "As people find it.", required=True, placeholder="acme_tocsin_bot"),
        FormField("api", "Telegram's address", "Only for a Bot API server of your own.", placeholder=api.API),
    )
    addresses: tuple[Address, ...] = ()

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """Token and name, in the form that Telegram gives them."""
        found = {name: value.strip() for name, value in config.items()}
        if not _TOKEN.match(found.get("bot_token", "")):
            raise Invalid("bot_token: copy it whole from @BotFather, like 123456789:AA….", field="bot_token")
        found["bot_name"] = found.get("bot_name", "").removeprefix("https://t.me/").lstrip("@")
        if not _NAME.match(found["bot_name"]):
            raise Invalid("bot_name: write the bot's user name, like acme_tocsin_bot.", field="bot_name")
        if found.get("api"):
            found["api"] = check_url(found["api"], field="api").rstrip("/")
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """Have Telegram post to us where it can; else what people write is asked for every few seconds."""
        if posted():
            fields = {
                "url": door_url(CHANNEL, "update"),
                "secret_token": secret_of(config["bot_token"]),
                "allowed_updates": ["message", "callback_query"],
            }
            reply = api.call(config, "setWebhook", fields)
        else:
            reply = api.call(config, "deleteWebhook", {})
        return "" if isinstance(reply, Accepted) else reply.answer


def posted() -> bool:
    """True when Telegram posts to us; else it is asked. What the environment sets never runs through `connect`."""
    return reachable() and "bot_token" not in of_environment(CHANNEL)


def secret_of(token: str) -> str:
    """What Telegram sends with each update (X-Telegram-Bot-Api-Secret-Token), made from the token."""
    return salted_hmac("telegram.secret", token, algorithm="sha256").hexdigest()


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """A chat by its number; without one, a start that its person is still to open."""
    address = address.strip()
    if address and not address.startswith(START) and not _CHAT.match(address):
        raise Invalid("address: this is not a chat; open the bot's start link instead.", field="address")
    if not address or address.startswith(START):
        return Cleaned(address or START + new_token(), "not opened yet", {})
    return Cleaned(address, f"chat …{address[-3:]}", {})


register_channel(TelegramChannel())
