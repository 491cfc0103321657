"""Texts as Slack spells them, both ways: its three control characters, its mentions and links, its blocks."""

import re
from typing import Any

from tocsin.domain.chat.ports import Button, Saying

# Slack cuts a section at 3,000 characters and refuses more.
TEXT, LABEL = 2900, 75
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
EVENT = "tocsin_said"
"""The type of the metadata by which a message of ours is found again."""


def escaped(text: str) -> str:
    """Slack's three control characters: nobody can mention a channel or forge a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """A text of Slack's as it reads: people as `<@id>`, channels and links by their words."""

    def read(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        match target[0]:
            case "@":
                return f"\0@{target[1:]}\1"
            case "#":
                return f"#{label or target[1:]}"
            case "!":
                return f"@{label or target[1:].partition('^')[0]}"
        return f"{label} ({target})" if label and label != target.removeprefix("mailto:") else target

    words = _LINK.sub(read, text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return words.replace("\0", "<").replace("\1", ">")


def blocks(saying: Saying) -> list[dict[str, Any]]:
    """A message with its buttons; what a machine noticed is drawn small."""
    author = f"*{escaped(saying.author)}*{' ' if saying.quiet else chr(10)}" if saying.author else ""
    words = {"type": "mrkdwn", "text": f"{author}{escaped(saying.text)[:TEXT]}", "verbatim": True}
    found: list[dict[str, Any]] = [
        {"type": "context", "elements": [words]} if saying.quiet else {"type": "section", "text": words}
    ]
    if saying.buttons:
        elements = [_button(number, button) for number, button in enumerate(saying.buttons)]
        found.append({"type": "actions", "elements": elements})
    return found


def _button(number: int, button: Button) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "button",
        "text": {"type": "plain_text", "text": button.label[:LABEL], "emoji": False},
        "action_id": f"{'order' if button.order else 'link'}-{number}",
    }
    if button.order:
        return {**made, "value": button.order, "style": "primary"}
    return {**made, "url": button.url}


def posted(saying: Saying) -> dict[str, Any]:
    """The fields of a message, beside its channel."""
    said = f"{saying.author}: {saying.text}" if saying.author else saying.text
    return {
        "text": escaped(said)[:TEXT],
        "blocks": blocks(saying),
        "metadata": {"event_type": EVENT, "event_payload": {"key": saying.key}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
