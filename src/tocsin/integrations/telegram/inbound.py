"""What people write to the bot and press under its messages: posted by Telegram, or asked for where it cannot reach us.

An update from Telegram carries the secret that was given to it (X-Telegram-Bot-Api-Secret-Token). Each is heard once,
by its number. A button counts only from the chat that its message was sent to.
"""

import json
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from tocsin.core.work import periodic
from tocsin.domain.delivery import commands
from tocsin.domain.delivery.brief import said_back
from tocsin.domain.delivery.channels import account, missing
from tocsin.domain.delivery.doors import Back, Knock, register_door
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.replying import Wish, reference_of, verb_of, wish_of
from tocsin.integrations.telegram import api
from tocsin.integrations.telegram.config import CHANNEL, KIND, START, posted, secret_of
from tocsin.integrations.telegram.transport import MARKS
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Denied, Invalid, NotFound, Refused

SELF = system("telegram")
_VERBS = {mark: verb for verb, mark in MARKS.items()}
_EVERY = timedelta(seconds=5)


class TelegramDoor:
    """Telegram's way in."""

    def hear(self, knock: Knock) -> Back:
        """Verify, then act; what is to be said back goes in the answer, as Telegram allows."""
        if missing(CHANNEL) or knock.path != "update":
            raise NotFound("Nobody is expected here.")
        given = knock.headers.get("x-telegram-bot-api-secret-token", "")
        if not compare_digest(given.encode("utf-8", "replace"), secret_of(account(CHANNEL)["bot_token"]).encode()):
            raise Denied("The secret is not the one that was given to Telegram.")
        try:
            update = msgspec.json.decode(knock.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("This is not an update.") from error
        said = heard(update) if isinstance(update, dict) else None
        if said is None:
            return Back(200)
        return Back(200, json.dumps(said, ensure_ascii=False).encode(), "application/json")


def heard(update: dict[str, Any]) -> dict[str, Any] | None:
    """Act on one update, once; the method to be called in answer, with its fields, or None."""
    with transaction.atomic():
        if not commands.once(SELF, vendor=CHANNEL, name=str(update.get("update_id", ""))):
            return None
        if isinstance(pressed := update.get("callback_query"), dict):
            return _pressed(pressed)
        if isinstance(message := update.get("message"), dict):
            return _written(message)
    return None


def _pressed(query: dict[str, Any]) -> dict[str, Any]:
    mark, _, delivery = str(query.get("data", "")).partition(":")
    chat = str(((query.get("message") or {}).get("chat") or {}).get("id", ""))
    said = _answered(mark, delivery, chat)
    return {"method": "answerCallbackQuery", "callback_query_id": str(query.get("id", "")), "text": said[:200]}


def _answered(mark: str, delivery: str, chat: str) -> str:
    verb = _VERBS.get(mark)
    try:
        id_ = str(UUID(delivery))
        said = commands.said_in(SELF, delivery_id=id_)
    except (ValueError, Refused):
        return phrase("nothing", "")
    if verb is None or said.destination.kind != KIND or said.destination.address != chat:
        return phrase("nothing", said.message.language)
    found = commands.answer_delivery(SELF, delivery_id=id_, verb=verb, via="button in Telegram")
    return said_back(found, said.message.language)


def _written(message: dict[str, Any]) -> dict[str, Any] | None:
    chat = message.get("chat") or {}
    id_, text = str(chat.get("id", "")), str(message.get("text", ""))
    if not id_ or not text:
        return None
    said = _started(id_, chat, text) if text.startswith("/start") else _replied(id_, text)
    return {"method": "sendMessage", "chat_id": id_, "text": said} if said else None


def _started(id_: str, chat: dict[str, Any], text: str) -> str:
    _, _, start = text.partition(" ")
    name = str(chat.get("username") or chat.get("title") or chat.get("first_name") or "")[:40]
    try:
        found = commands.claim_destination(
            SELF, kind=KIND, start=START + start.strip(), address=id_, hint=f"@{name}" if name else ""
        )
    except NotFound:
        commands.start_address(SELF, kinds=[KIND], address=id_)
        return "This is Tocsin. Open the start link that it shows under Contact methods to be reached here."
    return phrase("linked", found)


def _replied(id_: str, text: str) -> str:
    language = commands.language_at(SELF, kinds=[KIND], address=id_)
    if wish_of(text.lstrip("/")) is Wish.STOP:
        commands.stop_address(SELF, kinds=[KIND], address=id_, reason="Its owner wrote stop to the bot.")
        return phrase("stopped_here", language)
    verb = verb_of(text)
    if verb is None:
        return phrase("not_understood", language)
    via, reference = "reply in Telegram", reference_of(text)
    found = commands.answer_from(SELF, kinds=[KIND], address=id_, verb=verb, via=via, reference=reference)
    return said_back(found, language) if found else phrase("nothing", language)


@periodic("telegram.ask", every=_EVERY)
def ask() -> None:
    """Where Telegram cannot reach us, ask it for what people wrote; the next question confirms it."""
    if posted() or missing(CHANNEL):
        return
    known = account(CHANNEL)
    last = 0
    for update in api.updates(known, 0):
        said = heard(update)
        last = max(last, int(update.get("update_id", 0)))
        if said is not None:
            method = str(said.pop("method"))
            api.call(known, method, said)
    if last:
        api.updates(known, last)


register_door(CHANNEL, TelegramDoor())
