"""Incidents in Slack: a channel for each, made and followed by the organisation's own app."""

from collections.abc import Mapping
from json import dumps
from typing import Any

from tocsin.core.outgoing import Answer
from tocsin.domain.chat.ports import (
    Accepted,
    Opened,
    Permanent,
    Reply,
    Saying,
    Temporary,
    Who,
    register_chat,
)
from tocsin.domain.delivery.asking import ask, read_status
from tocsin.domain.delivery.channels import account, missing
from tocsin.integrations.slack import api, writing
from tocsin.integrations.slack.config import CHANNEL, connected, severities_of

_NAMES = 5
_PAGES = 20
_NOT_SET_UP = "Slack is not set up: an administrator does that under Settings, Channels."
# An invitation that changes nothing is as good as one that does.
_THERE = frozenset({"already_in_channel", "cant_invite_self"})


class SlackChat:
    """Slack, both ways."""

    vendor = CHANNEL
    title = "Slack"
    two_way = True

    def problem(self) -> str:
        """What the account lacks."""
        return missing(CHANNEL, account(CHANNEL))

    def severities(self) -> frozenset[str]:
        """As the administrator chose."""
        known = connected()
        return severities_of(known) if known else frozenset()

    def open(self, name: str, *, again: bool) -> Opened | Reply:
        """Make a public channel. A name that is taken gets a number, unless it is our own of an attempt before."""
        known = connected()
        if known is None:
            return Temporary(_NOT_SET_UP)
        for number in range(1, _NAMES + 1):
            wanted = name if number == 1 else f"{name}-{number}"
            made = api.call(known, "conversations.create", name=wanted)
            if isinstance(made, dict):
                return _opened(known, made["channel"])
            if api.error_of(made) != "name_taken":
                return made
            if again and (ours := _ours(known, wanted)) is not None:
                return ours
        return Permanent(f"Slack has channels called {name} already; rename one of them.")

    def invite(self, place: str, emails: Mapping[str, str]) -> Reply:
        """Look each up by the mail address, then bring in those who are found."""
        known = connected()
        if known is None:
            return Temporary(_NOT_SET_UP)
        found = [api.call(known, "users.lookupByEmail", email=email) for email in emails.values()]
        users = [str(one["user"]["id"]) for one in found if isinstance(one, dict)]
        if not users:
            return Accepted(answer="nobody of them is in Slack")
        answer = api.call(known, "conversations.invite", channel=place, users=",".join(users), force=True)
        if isinstance(answer, dict) or api.error_of(answer) in _THERE:
            return Accepted(answer="invited")
        return answer

    def topic(self, place: str, topic: str) -> Reply:
        """Set the channel's topic."""
        known = connected()
        if known is None:
            return Temporary(_NOT_SET_UP)
        answer = api.call(known, "conversations.setTopic", channel=place, topic=writing.escaped(topic))
        return Accepted(answer="topic set") if isinstance(answer, dict) else answer

    def say(self, place: str, saying: Saying) -> Reply:
        """Post a message; its time stamp is its name."""
        known = connected()
        if known is None:
            return Temporary(_NOT_SET_UP)
        answer = api.call(known, "chat.postMessage", channel=place, **writing.posted(saying))
        return Accepted(str(answer.get("ts", "")), "Slack: posted") if isinstance(answer, dict) else answer

    def find(self, place: str, key: str) -> str | None:
        """Look for a message of ours by its metadata among the newest hundred."""
        known = connected()
        if known is None:
            return None
        answer = api.call(known, "conversations.history", channel=place, limit=100, include_all_metadata="true")
        if not isinstance(answer, dict):
            return None
        for message in answer.get("messages", []):
            said = message.get("metadata", {})
            if said.get("event_type") == writing.EVENT and said.get("event_payload", {}).get("key") == key:
                return str(message.get("ts", ""))
        return ""

    def answer(self, back: str, saying: Saying) -> Reply:
        """Answer an order at the address that came with it; only who gave it sees it."""
        said = {"response_type": "ephemeral", "replace_original": False, "text": writing.escaped(saying.text)}
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = ask("POST", back, headers=headers, content=dumps(said, ensure_ascii=False).encode())
        return read_status(answer) if isinstance(answer, Answer) else answer

    def who(self, user: str) -> Who | Reply:
        """Who that is. Guests, people of other organisations, bots and those who left have no address here."""
        known = connected()
        if known is None:
            return Temporary(_NOT_SET_UP)
        answer = api.call(known, "users.info", user=user)
        if not isinstance(answer, dict):
            return answer
        found = answer.get("user", {})
        profile = found.get("profile", {})
        stranger = any(
            found.get(mark) for mark in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
        )
        name = str(profile.get("real_name") or found.get("real_name") or found.get("name") or "")
        return Who("" if stranger else str(profile.get("email", "")), name)


def _opened(known: Mapping[str, str], channel: Mapping[str, Any]) -> Opened:
    id_ = str(channel["id"])
    return Opened(id_, str(channel.get("name", "")), f"https://slack.com/app_redirect?channel={id_}")


def _ours(known: Mapping[str, str], name: str) -> Opened | None:
    """The channel of that name, if our app made it."""
    me = api.call(known, "auth.test")
    if not isinstance(me, dict):
        return None
    cursor = ""
    for _ in range(_PAGES):
        page = api.call(known, "conversations.list", limit=500, exclude_archived="true", cursor=cursor)
        if not isinstance(page, dict):
            return None
        for channel in page.get("channels", []):
            if channel.get("name") == name and channel.get("creator") == me.get("user_id"):
                return _opened(known, channel)
        cursor = str(page.get("response_metadata", {}).get("next_cursor", ""))
        if not cursor:
            return None
    return None


register_chat(SlackChat())
