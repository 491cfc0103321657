"""What Slack posts to us: orders that were typed, buttons that were pressed, messages in channels that we follow.

Every request is proved by `X-Slack-Signature` (docs.slack.dev, Verifying requests): HMAC-SHA256 with the signing
secret over version, time and raw body; older or newer than five minutes is refused. Slack wants an answer within
three seconds and hands in again what got none, so what is said is only taken in here and heard once by its name.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from hmac import compare_digest, new
from typing import Any

import msgspec

from tocsin.domain.chat import commands as chat
from tocsin.domain.chat.ports import Said
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.brief import said_back
from tocsin.domain.delivery.doors import Back, Knock, Verb, register_door
from tocsin.integrations.slack.config import CHANNEL, connected
from tocsin.integrations.slack.writing import plain
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Denied, Invalid, NotFound

SELF = system("slack")
WINDOW = 300
_BY_PEOPLE = frozenset({"", "file_share", "thread_broadcast", "me_message"})


class SlackDoor:
    """Slack's way in."""

    def hear(self, knock: Knock) -> Back:
        """Verify, then do what the address is for."""
        known = connected()
        act = _ACTS.get(knock.path)
        if known is None or act is None:
            raise NotFound("Nobody is expected here.")
        check(knock, known["signing_secret"])
        return act(knock)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What `X-Slack-Signature` must be."""
    return "v0=" + new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()


def check(knock: Knock, secret: str) -> None:
    """Raise `Denied` unless Slack sent this, just now."""
    stamp = knock.headers.get("x-slack-request-timestamp", "")
    given = knock.headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now().timestamp() - int(stamp)) > WINDOW:
        raise Denied("The time of the request is missing or too far from ours.")
    if not compare_digest(given.encode("utf-8", "replace"), signature(secret, stamp, knock.body).encode()):
        raise Denied("The signature is not Slack's: check the signing secret.")


def _command(knock: Knock) -> Back:
    """A slash command: an order."""
    form = knock.form
    said = Said(
        kind="order",
        name=f"command:{form.get('trigger_id', '')}",
        place=form.get("channel_id", ""),
        user=form.get("user_id", ""),
        user_name=form.get("user_name", ""),
        text=plain(form.get("text", "")),
        back=form.get("response_url", ""),
    )
    return _taken(said)


def _pressed(knock: Knock) -> Back:
    """A button: an order as if it had been typed, or the answer to a page in a direct message."""
    given = _json(knock.form.get("payload", "").encode())
    if given.get("type") != "block_actions":
        return Back(200)
    for action in given.get("actions", []):
        id_, value = str(action.get("action_id", "")), str(action.get("value", ""))
        name = f"press:{given.get('trigger_id', '')}:{id_}"
        if id_.startswith("order"):
            user = given.get("user", {})
            said = Said(
                kind="order",
                name=name,
                place=str(given.get("channel", {}).get("id", "")),
                user=str(user.get("id", "")),
                user_name=str(user.get("username", "")),
                text=value,
                back=str(given.get("response_url", "")),
            )
            _taken(said)
        elif id_.startswith("page"):
            _page_answered(value, name, str(given.get("user", {}).get("id", "")), str(given.get("response_url", "")))
    return Back(200)


def _page_answered(value: str, name: str, user: str, back: str) -> None:
    """A page is answered by the one it was sent to: its direct message is nobody else's."""
    verb, _, id_ = value.partition(":")
    if verb not in set(Verb):
        return
    said = delivery.said_in(SELF, delivery_id=id_)
    if said.destination.address != user:
        raise Denied("This page was for somebody else.")
    found = delivery.answer_delivery(SELF, delivery_id=id_, verb=Verb(verb), via="button in Slack")
    chat.reply(SELF, vendor=CHANNEL, name=name, user=user, back=back, text=said_back(found, said.message.language))


def _event(knock: Knock) -> Back:
    """Something happened in the workspace."""
    given = _json(knock.body)
    if given.get("type") == "url_verification":
        return Back(200, str(given.get("challenge", "")).encode())
    event = given.get("event", {})
    if given.get("type") == "event_callback" and event.get("type") == "message":
        said = _message(event)
        if said is not None:
            _taken(said)
    return Back(200)


def _message(event: Mapping[str, Any]) -> Said | None:
    """What a person wrote in a channel, or changed there; None for bots, ourselves, joins and the like."""
    channel, subtype = str(event.get("channel", "")), event.get("subtype")
    name, revises = f"message:{channel}:{event.get('ts', '')}", ""
    message: dict[str, Any] = dict(event)
    if subtype == "message_changed":
        message = event.get("message", {})
        if message.get("text") == event.get("previous_message", {}).get("text"):
            return None
        revises = f"message:{channel}:{message.get('ts', '')}"
        name = f"{revises}:{message.get('edited', {}).get('ts', '')}"
    elif subtype == "message_deleted":
        message = {**event.get("previous_message", {}), "text": "", "files": []}
        revises = f"message:{channel}:{message.get('ts', '')}"
        name = f"{revises}:deleted"
    if message.get("bot_id") or not message.get("user") or str(message.get("subtype") or "") not in _BY_PEOPLE:
        return None
    files = [f"[{file.get('name', 'file')}] {file.get('permalink', '')}".strip() for file in message.get("files", [])]
    text = "\n".join([plain(str(message.get("text", ""))), *files]).strip()
    if not text and not name.endswith(":deleted"):
        return None
    return Said("message", name, channel, str(message["user"]), "", text, revises=revises)


def _taken(said: Said) -> Back:
    if not said.user or said.name.endswith(":"):
        raise Invalid("This is not what Slack sends: the user or the name of the request is missing.")
    chat.hear(SELF, vendor=CHANNEL, said=said)
    return Back(200)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("This is not JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("This is not what Slack sends.")
    return found


_ACTS: dict[str, Callable[[Knock], Back]] = {"commands": _command, "interactive": _pressed, "events": _event}
register_door(CHANNEL, SlackDoor())
