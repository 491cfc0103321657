"""Publishes a message to an ntfy topic as JSON (docs.ntfy.sh/publish, 'Publish as JSON'), with a button to acknowledge.

Hides priorities and the form of actions. A topic without a token is readable by whoever knows its name.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tocsin.core.outgoing import Answer, check_url
from tocsin.domain.delivery.asking import ask, body_of, read_status
from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.buttons import button_url
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
    Traits,
    register_transport,
)
from tocsin.domain.delivery.rules import one_line
from tocsin.kernel.errors import Invalid

_TOPIC = re.compile(r"^[-_A-Za-z0-9]{1,64}$")
# ntfy keeps 4,096 bytes as a message; what is longer becomes a file.
_TEXT, _TITLE = 1500, 250
PRIORITY = {"critical": 5, "high": 4, "medium": 3, "low": 2}
_TAGS = {"critical": ["rotating_light"], "high": ["warning"]}


class NtfyTransport:
    """A message to one topic."""

    kind = "ntfy"
    name = "ntfy"
    capabilities = frozenset({Capability.WAKES, Capability.TWO_WAY, Capability.EDITS})
    fields: tuple[FormField, ...] = (
        FormField(
            "address",
            "Topic",
            "Its whole address; choose a name that nobody guesses.",
            required=True,
            secret=True,
            placeholder="https://ntfy.sh/tocsin-7f3a91",
        ),
        FormField("token", "Access token", "When the topic is protected: ntfy, Account, Access tokens.", secret=True),
    )
    traits = Traits("bell-ringing", note="rings, Acknowledge is a button", text_length=_TEXT)

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """Server and topic."""
        url = urlsplit(check_url(address, field="address"))
        topic = url.path.strip("/")
        if not _TOPIC.match(topic) or url.query:
            raise Invalid("address: write the topic's whole address, like https://ntfy.sh/your-topic.", field="address")
        token = config.get("token", "").strip()
        if token and not token.isalnum() and not token.replace("_", "").isalnum():
            raise Invalid("token: copy it as ntfy shows it (tk_…).", field="token")
        kept = {"token": token} if token else {}
        return Cleaned(f"{url.scheme}://{url.netloc}/{topic}", f"{url.netloc}/{topic[:3]}…", kept)

    def lane(self, destination: DestinationView) -> str:
        """One lane per server."""
        return f"ntfy:{urlsplit(destination.address).hostname}"

    def problem(self) -> str:
        """Needs no setting."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Publish once. ntfy cannot drop a second copy."""
        url = urlsplit(destination.address)
        headers = {"Content-Type": "application/json"}
        if token := destination.config.get("token"):
            headers["Authorization"] = f"Bearer {token}"
        content = payload(url.path.strip("/"), message, idempotency_key)
        answer = ask("POST", f"{url.scheme}://{url.netloc}/", headers=headers, content=content)
        return read(answer) if isinstance(answer, Answer) else answer


def payload(topic: str, message: Message, delivery: str) -> bytes:
    """The body: title, text, priority by severity, and at most three actions."""
    body: dict[str, object] = {
        "topic": topic,
        "title": headline(message)[:_TITLE],
        "message": message.text.strip()[:_TEXT] or message.title,
        "priority": PRIORITY.get(message.severity, 5 if message.urgent else 3),
    }
    if message.over:
        # 2 makes no noise. By the sequence (servers from 2.16 on) it takes the page's place; others show it beside.
        body |= {"priority": 2, "tags": ["white_check_mark"]}
        if message.earlier:
            body["sequence_id"] = message.earlier
    elif tags := _TAGS.get(message.severity):
        body["tags"] = tags
    actions: list[dict[str, object]] = []
    if message.replies:
        for verb, word in ((Verb.ACKNOWLEDGE, "take"), (Verb.PASS_ON, "pass")):
            label, url = phrase(word, message.language), button_url(delivery, verb)
            actions.append({"action": "http", "label": label, "url": url, "method": "POST", "clear": True})
    if message.url:
        body["click"] = message.url
        actions.append({"action": "view", "label": phrase("open", message.language), "url": message.url})
    if actions:
        body["actions"] = actions
    return json.dumps(body, ensure_ascii=False).encode()


def read(answer: Answer) -> Reply:
    """What a status means; ntfy says its reason in `error`, which names no secret."""
    body = body_of(answer)
    if answer.ok:
        return Accepted(one_line(str(body.get("id", "")), 40), answer.words)
    reason = one_line(str(body.get("error", "")), 120)
    words = f"{answer.words}{f': {reason}' if reason else ''}"
    if answer.status in (401, 403):
        words += " (the topic is protected: enter an access token that may write)"
    return read_status(answer, words=words)


register_transport(NtfyTransport.kind, NtfyTransport())
