"""Telegram's Bot API: one call, and what its answer means (core.telegram.org/bots/api, 'Making requests').

The token is part of the address: nothing of the address is ever kept or shown.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import LONGEST_WAIT, ask, body_of, read_status
from tocsin.domain.delivery.ports import Accepted, Permanent, Reply, Temporary
from tocsin.domain.delivery.rules import one_line

API = "https://api.telegram.org"
_FIXED = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
_ENDED = ("bot was blocked by the user", "user is deactivated", "bot was kicked")


def call(account: Mapping[str, str], method: str, fields: Mapping[str, Any]) -> Reply:
    """Call a method; the provider's name for what it made is the message's id."""
    answer = _ask(account, method, fields)
    return read(answer) if isinstance(answer, Answer) else answer


def edited(account: Mapping[str, str], message: str, fields: Mapping[str, Any]) -> Reply | None:
    """Change a message of the bot (editMessageText); its buttons go unless new ones are given, and nothing rings.

    None when Telegram does not let it be changed: then it is to be said anew. The same text again is done already.
    """
    kept = {name: value for name, value in fields.items() if name != "disable_notification"}
    answer = _ask(account, "editMessageText", {**kept, "message_id": int(message)})
    said = str(body_of(answer).get("description", "")) if isinstance(answer, Answer) else ""
    if "message is not modified" in said:
        return Accepted(message, "Telegram: changed")
    if any(each in said for each in _FIXED):
        return None
    found = read(answer) if isinstance(answer, Answer) else answer
    return Accepted(message, "Telegram: changed") if isinstance(found, Accepted) else found


def updates(account: Mapping[str, str], after: int) -> list[dict[str, Any]]:
    """What people wrote to the bot, oldest first; `after` confirms all up to it. [] when Telegram does not answer."""
    fields: dict[str, Any] = {"timeout": 0, "allowed_updates": ["message", "callback_query"]}
    if after:
        fields["offset"] = after + 1
    answer = _ask(account, "getUpdates", fields)
    found = body_of(answer).get("result") if isinstance(answer, Answer) and answer.ok else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _ask(account: Mapping[str, str], method: str, fields: Mapping[str, Any]) -> Any:
    url = f"{account.get('api') or API}/bot{account['bot_token']}/{method}"
    content = json.dumps(fields, ensure_ascii=False).encode()
    return ask("POST", url, headers={"Content-Type": "application/json"}, content=content)


def read(answer: Answer) -> Reply:
    """By `error_code` and `description`. A chat that blocked the bot is ended; a wrong token can be mended."""
    body = body_of(answer)
    result = body.get("result")
    if answer.ok and body.get("ok") is True:
        name = str(result.get("message_id", "")) if isinstance(result, dict) else ""
        return Accepted(name, "Telegram: accepted")
    said = one_line(str(body.get("description", "")), 160)
    words = f"Telegram {answer.status}: {said}" if said else f"Telegram {answer.words}"
    if answer.status == 403 and any(each in said for each in _ENDED):
        return Permanent(words, ended=True)
    if answer.status in (401, 404):
        return Temporary(f"{words} (the bot's token is not known: Settings, Channels, Telegram)")
    if answer.status == 429:
        wait = (body.get("parameters") or {}).get("retry_after", 0)
        after = timedelta(seconds=wait) if isinstance(wait, int) else timedelta(0)
        return Temporary(words, retry_after=min(after, LONGEST_WAIT))
    return read_status(answer, words=words)
