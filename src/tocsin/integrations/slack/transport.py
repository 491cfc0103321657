"""Posts a message to a Slack channel through an incoming webhook, or to a person through the organisation's app.

Other chats that take the same body (Mattermost, Rocket.Chat) work too. Never shows what the other side wrote.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.channels import missing
from tocsin.domain.delivery.doors import Verb
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    Temporary,
    Traits,
    register_transport,
)
from tocsin.integrations.slack import api
from tocsin.integrations.slack.config import CHANNEL, DIRECT, connected
from tocsin.integrations.slack.writing import TEXT, escaped
from tocsin.kernel.errors import Invalid

_HEADER = 150
_FIXED = frozenset({"cant_update_message", "edit_window_closed", "message_not_found", "channel_not_found"})
_MEMBER = re.compile(r"^[UW][A-Z0-9]{6,20}$")


class SlackTransport:
    """A message as Slack blocks, with plain text for notifications."""

    kind = "slack"
    name = "Slack"
    capabilities: frozenset[Capability] = frozenset()
    traits = Traits("message-2", note="a channel that is read, wakes nobody")
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Webhook address",
            "Slack: Apps, Incoming Webhooks, Add to Slack; copy the address it shows.",
            required=True,
            secret=True,
            placeholder="https://hooks.slack.com/services/…",
        ),
    )

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """An https address. Raises `Invalid(address)`."""
        url = check_url(address, field="address")
        if not urlsplit(url).path.strip("/"):
            raise Invalid("address: this is not a webhook; copy the whole address that Slack shows.", field="address")
        # The path is the secret: only the host may be shown.
        return Cleaned(url, "/".join(url.split("/")[:3]) + "/…", {})

    def lane(self, destination: DestinationView) -> str:
        """One lane per host: a slow one holds up nobody else."""
        return f"slack:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once. Slack has no way to drop a second copy."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = ask("POST", destination.address, headers=headers, content=payload(message))
        return read_status(answer) if isinstance(answer, Answer) else answer


def payload(message: Message) -> bytes:
    """The body of an incoming webhook."""
    return json.dumps(content(message), ensure_ascii=False).encode()


def content(message: Message) -> dict[str, Any]:
    """A message as Slack takes it: `text` for notifications, `blocks` for the channel."""
    title = headline(message)[:_HEADER]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title or "Message", "emoji": False}}
    ]
    text = message.text.strip()[:TEXT]
    if text:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": escaped(text), "verbatim": True}})
    if message.url:
        button = {"type": "plain_text", "text": (message.action or "Open")[:75], "emoji": False}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": button, "url": message.url}]})
    leave = message.attributes.get("unsubscribe_url")
    if leave:
        words = [{"type": "mrkdwn", "text": f"<{escaped(leave)}|Unsubscribe>"}]
        blocks.append({"type": "context", "elements": words})
    return {"text": escaped(title), "blocks": blocks}


class SlackDirect:
    """A page as a direct message of the organisation's app, with buttons that answer it."""

    kind = DIRECT
    name = "Slack direct message"
    capabilities = frozenset({Capability.WAKES, Capability.TWO_WAY, Capability.EDITS})
    traits = Traits("message-2", CHANNEL, "a push on the phone where Slack may, with buttons that answer")
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Your member ID in Slack",
            "Slack: your profile, the three dots, Copy member ID.",
            required=True,
            placeholder="U012AB3CD",
        ),
    )

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """A member ID. Raises `Invalid(address)`."""
        found = address.strip().upper()
        if not _MEMBER.match(found):
            raise Invalid(
                "address: a member ID is U or W and some letters and digits, like U012AB3CD.", field="address"
            )
        return Cleaned(found, f"Slack {found[:3]}…{found[-2:]}", {})

    def lane(self, destination: DestinationView) -> str:
        """One lane for the workspace."""
        return "slack:direct"

    def problem(self) -> str:
        """What the account lacks."""
        return missing(CHANNEL)

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Post once to the person. Slack has no way to drop a second copy."""
        known = connected()
        if known is None:
            return Temporary(missing(CHANNEL), provider=False)
        said = direct(message, idempotency_key)
        if message.over and ":" in message.earlier:
            edited = _edited(known, message.earlier, said)
            if edited is not None:
                return edited
        answer = api.call(known, "chat.postMessage", channel=destination.address, **said)
        if isinstance(answer, dict):
            # A direct message is changed by its conversation (D...), which only the answer tells.
            return Accepted(f"{answer.get('channel', '')}:{answer.get('ts', '')}", "Slack: posted")
        return answer


def _edited(known: Mapping[str, str], earlier: str, said: Mapping[str, Any]) -> Reply | None:
    """Change what was posted (chat.update makes no noise); None when Slack does not let it be changed."""
    channel, _, ts = earlier.partition(":")
    answer = api.call(known, "chat.update", channel=channel, ts=ts, **said)
    if isinstance(answer, dict):
        return Accepted(earlier, "Slack: changed")
    return None if api.error_of(answer) in _FIXED else answer


def direct(message: Message, delivery: str) -> dict[str, Any]:
    """The fields of a direct message: what an incoming webhook says, and the buttons that answer a page."""
    said = content(message)
    if message.replies:
        take, pass_ = (phrase(word, message.language) for word in ("take", "pass"))
        answers = [_answer(take, Verb.ACKNOWLEDGE, delivery), _answer(pass_, Verb.PASS_ON, delivery)]
        rest = [block for block in said["blocks"] if block["type"] != "actions"]
        links = [each for block in said["blocks"] if block["type"] == "actions" for each in block["elements"]]
        for link in links:
            # The link is not a second button that acknowledges: it leads to the page.
            link["text"]["text"] = phrase("open", message.language)
        said["blocks"] = [*rest, {"type": "actions", "elements": [*answers, *links]}]
    return said


def _answer(label: str, verb: Verb, delivery: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "action_id": f"page-{verb}",
        "value": f"{verb}:{delivery}",
    }
    return {**made, "style": "primary"} if verb is Verb.ACKNOWLEDGE else made


register_transport(SlackTransport.kind, SlackTransport())
register_transport(SlackDirect.kind, SlackDirect())
