"""A Slack workspace of our own, as its documentation describes it: tokens, methods, error words, signed requests.

Signs by its own reading of the documented algorithm, so that a mistake in ours does not agree with itself.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.http import HttpResponse
from django.test import Client

from tocsin.kernel.clock import now

TOKEN, SECRET, BOT = "xoxb-1-of-the-app", "8f742231b10e8888abcd99yyyzzz85a5", "U0BOT0000"


class FakeSlack:
    """People, channels and messages of a workspace; `fails` maps a method to errors that it answers next."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.channels: dict[str, dict[str, Any]] = {}
        self.fails: dict[str, list[Any]] = {}
        self.asked: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self.ends = 0
        self.port = 0

    def person(self, id_: str, email: str, name: str, **marks: object) -> str:
        """Somebody of the workspace."""
        self.users[id_] = {"id": id_, "profile": {"email": email, "real_name": name}, "is_bot": False, **marks}
        return id_

    def texts(self, channel: str = "") -> list[str]:
        """What stands in a channel (the only one), oldest first: author and text."""
        found = self.channels[channel] if channel else next(iter(self.channels.values()))
        return [message["text"] for message in found["messages"]]

    def answer(self, method: str, credentials: str, given: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        """Status, body and Retry-After of a method."""
        self.asked.append(method)
        if credentials != f"Bearer {TOKEN}":
            return 200, {"ok": False, "error": "invalid_auth"}, ""
        failing = self.fails.get(method)
        failure = failing.pop(0) if failing else None
        if failure == "rate":
            return 429, {"ok": False, "error": "ratelimited"}, "7"
        if isinstance(failure, str) and failure != "lost":
            return 200, {"ok": False, "error": failure}, ""
        body = getattr(self, "_" + method.replace(".", "_"))(given)
        if failure == "lost":
            raise ConnectionAbortedError
        return 200, {"ok": "error" not in body, **body}, ""

    def _auth_test(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"user_id": BOT, "team_id": "T1"}

    def _conversations_create(self, given: dict[str, Any]) -> dict[str, Any]:
        if any(channel["name"] == given["name"] for channel in self.channels.values()):
            return {"error": "name_taken"}
        id_ = f"C{len(self.channels) + 1:08d}"
        channel = {"id": id_, "name": given["name"], "creator": BOT, "members": [], "messages": [], "topic": ""}
        self.channels[id_] = channel
        return {"channel": {"id": id_, "name": given["name"], "creator": BOT}}

    def _conversations_list(self, given: dict[str, Any]) -> dict[str, Any]:
        listed = [{key: one[key] for key in ("id", "name", "creator")} for one in self.channels.values()]
        start = int(given.get("cursor") or 0)
        after = str(start + 1) if start + 1 < len(listed) else ""
        return {"channels": listed[start : start + 1], "response_metadata": {"next_cursor": after}}

    def _conversations_invite(self, given: dict[str, Any]) -> dict[str, Any]:
        members = self.channels[given["channel"]]["members"]
        fresh = [user for user in given["users"].split(",") if user not in members]
        members += fresh
        return {} if fresh else {"error": "already_in_channel"}

    def _conversations_setTopic(self, given: dict[str, Any]) -> dict[str, Any]:
        self.channels[given["channel"]]["topic"] = given["topic"]
        return {}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        place = given["channel"]
        if place in self.users:
            # A message to a person stands in the conversation with them, and only that can be changed later.
            place = f"D{place}"
        if place not in self.channels and place[1:] in self.users:
            self.channels[place] = {"id": place, "name": place, "creator": BOT, "members": [], "messages": []}
        if place not in self.channels:
            return {"error": "channel_not_found"}
        messages = self.channels[place]["messages"]
        stamp = f"1764000000.{sum(len(c['messages']) for c in self.channels.values()) + 1:06d}"
        messages.append({**given, "ts": stamp, "bot_id": "B1", "user": BOT})
        return {"ts": stamp, "channel": place}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        messages = self.channels.get(given["channel"], {"messages": []})["messages"]
        found = [message for message in messages if message["ts"] == given["ts"]]
        if not found:
            return {"error": "message_not_found"}
        found[0].update(given)
        return {"ts": given["ts"], "channel": given["channel"]}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["include_all_metadata"] == "true"
        return {"messages": list(reversed(self.channels[given["channel"]]["messages"]))[: int(given["limit"])]}

    def _users_lookupByEmail(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [user for user in self.users.values() if user["profile"]["email"] == given["email"]]
        return {"user": found[0]} if found else {"error": "users_not_found"}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.users.get(given["user"])
        return {"user": found} if found else {"error": "user_not_found"}

    def command(self, user: str, text: str, channel: str = "C0LOBBY", **signing: Any) -> HttpResponse:
        """Somebody types `/tocsin text`."""
        self.ends += 1
        form = {
            "team_id": "T1",
            "channel_id": channel,
            "user_id": user,
            "user_name": "typed",
            "command": "/tocsin",
            "text": text,
            "response_url": f"http://127.0.0.1:{self.port}/back/{self.ends}",
            "trigger_id": f"13345224609.{self.ends}",
        }
        return post("commands", urlencode(form), **signing)

    def press(self, user: str, button: dict[str, Any], channel: str = "C0LOBBY") -> HttpResponse:
        """Somebody presses a button."""
        self.ends += 1
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "pressed"},
            "channel": {"id": channel},
            "trigger_id": f"13345224609.{self.ends}",
            "response_url": f"http://127.0.0.1:{self.port}/back/{self.ends}",
            "actions": [{"action_id": button["action_id"], "value": button.get("value", ""), "type": "button"}],
        }
        return post("interactive", urlencode({"payload": json.dumps(payload)}))

    def write(self, user: str, text: str, channel: str, stamp: str = "", **more: Any) -> HttpResponse:
        """Somebody writes into a channel; the same `stamp` again is Slack trying again."""
        self.ends += 1
        message = {"type": "message", "channel": channel, "user": user, "text": text}
        event = {**message, "ts": stamp or f"1764000100.{self.ends:06d}", **more}
        body = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{self.ends}", "event": event}
        return post("events", json.dumps(body), content_type="application/json")


def post(
    path: str,
    body: str,
    *,
    content_type: str = "application/x-www-form-urlencoded",
    secret: str = SECRET,
    late: int = 0,
    signed_body: str | None = None,
) -> HttpResponse:
    """A request of Slack's: `v0=` and HMAC-SHA256 over `v0:timestamp:body`."""
    stamp = str(int(now().timestamp()) + late)
    base = f"v0:{stamp}:{body if signed_body is None else signed_body}"
    made = "v0=" + hmac.new(secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": made}
    answer: Any = Client().post(f"/hooks/slack/{path}", body, content_type=content_type, headers=headers)
    return answer  # type: ignore[no-any-return]


@contextmanager
def running() -> Iterator[FakeSlack]:
    """The fake on a free port of the loopback."""
    fake = FakeSlack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if self.path.startswith("/back/"):
                fake.answers.append(json.loads(body))
                self.reply(200, b"ok", "")
                return
            as_json = self.headers["Content-Type"].startswith("application/json")
            given = json.loads(body) if as_json else {k: v[-1] for k, v in parse_qs(body).items()}
            try:
                status, said, wait = fake.answer(
                    self.path.rpartition("/")[2], self.headers.get("Authorization", ""), given
                )
            except ConnectionAbortedError:
                self.connection.close()
                return
            self.reply(status, json.dumps(said).encode(), wait)

        def reply(self, status: int, content: bytes, wait: str) -> None:
            self.send_response(status)
            if wait:
                self.send_header("Retry-After", wait)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
