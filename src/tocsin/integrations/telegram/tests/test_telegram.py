"""Telegram: start links, buttons, replies, both ways in, against a Bot API of our own on the loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.delivery import commands
from tocsin.domain.delivery.channel_queries import channel
from tocsin.integrations.telegram import inbound
from tocsin.integrations.telegram.transport import opening
from tocsin.kernel.actor import system

SYSTEM = system("test")
TOKEN = "123456789:" + "A" * 35
CHAT = 5550100


class FakeTelegram:
    """Keeps calls; answers as documented, or with `fails`. `waiting` are updates for getUpdates."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fails: tuple[int, dict[str, Any]] | None = None
        self.waiting: list[dict[str, Any]] = []
        self.port = 0

    def answer(self, path: str, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        token, _, method = path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        self.calls.append((method, fields))
        if self.fails and method in ("sendMessage", "editMessageText"):
            return self.fails
        if method == "getUpdates":
            self.waiting = [each for each in self.waiting if each["update_id"] >= fields.get("offset", 0)]
            return 200, {"ok": True, "result": self.waiting}
        return 200, {"ok": True, "result": {"message_id": len(self.calls)} if method == "sendMessage" else True}

    def sent(self) -> list[dict[str, Any]]:
        return [fields for method, fields in self.calls if method == "sendMessage"]


@contextmanager
def running() -> Iterator[FakeTelegram]:
    fake = FakeTelegram()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            status, said = fake.answer(self.path, body)
            content = json.dumps(said).encode()
            self.send_response(status)
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


@pytest.fixture
def telegram(settings: Any, db: None) -> Iterator[FakeTelegram]:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://tocsin.example.org"
    with running() as fake:
        config = {"bot_token": TOKEN, "bot_name": "@acme_tocsin_bot", "api": f"http://127.0.0.1:{fake.port}"}
        commands.save_channel(SYSTEM, name="telegram", config=config)
        run_engine(periodic=False)
        yield fake


def posts(fake: FakeTelegram, number: int = 1, secret: str | None = None, **update: Any) -> HttpResponse:
    """An update, as Telegram posts it: with the secret that it was given."""
    given = next(fields["secret_token"] for method, fields in fake.calls if method == "setWebhook")
    headers = {"X-Telegram-Bot-Api-Secret-Token": given if secret is None else secret}
    body = json.dumps({"update_id": number, **update})
    answer: Any = Client().post("/hooks/telegram/update", body, content_type="application/json", headers=headers)
    return answer  # type: ignore[no-any-return]


def says(text: str, chat: int = CHAT) -> dict[str, Any]:
    return {
        "message_id": 9,
        "from": {"id": chat},
        "chat": {"id": chat, "type": "private", "username": "ada_l"},
        "text": text,
    }


def presses(data: str, chat: int = CHAT) -> dict[str, Any]:
    return {"id": "q1", "from": {"id": chat}, "message": {"message_id": 3, "chat": {"id": chat}}, "data": data}


def test_telegram_is_told_where_to_post_and_with_which_secret(telegram: FakeTelegram) -> None:
    [(method, fields)] = telegram.calls
    assert (method, fields["url"]) == ("setWebhook", "https://tocsin.example.org/hooks/telegram/update")
    assert len(fields["secret_token"]) == 64
    assert TOKEN not in fields["secret_token"]


def test_a_start_link_that_is_opened_proves_the_chat_once(telegram: FakeTelegram, ada: Any) -> None:
    method = commands.add_destination(SYSTEM, kind="telegram", address="", person_id=ada.id)
    link = opening(ada.method(method).address)
    assert link.startswith("https://t.me/acme_tocsin_bot?start=")
    said = posts(telegram, message=says(f"/start {link.partition('=')[2]}")).json()
    assert (said["method"], said["chat_id"]) == ("sendMessage", str(CHAT))
    assert (ada.method(method).verified, ada.method(method).address_hint) == (True, "@ada_l")
    again = posts(telegram, 2, message=says(f"/start {link.partition('=')[2]}", chat=666)).json()
    assert "Contact methods" in again["text"]
    assert ada.method(method).address == str(CHAT)


def test_a_button_acknowledges_and_says_so_in_the_language_of_the_person(telegram: FakeTelegram, ada: Any) -> None:
    accounts.change_person(SYSTEM, person_id=ada.id, language="de")
    ada.add("telegram", str(CHAT))
    ada.page()
    [message] = telegram.sent()
    assert message["text"].startswith("Kritisch: INC-42 Checkout is failing")
    [take, _], [look] = message["reply_markup"]["inline_keyboard"]
    assert (take["text"], look["text"]) == ("Übernehmen", "Öffnen")
    assert len(take["callback_data"].encode()) <= 64
    said = posts(telegram, callback_query=presses(take["callback_data"])).json()
    assert (said["method"], said["text"]) == ("answerCallbackQuery", "Du hast INC-42 übernommen.")
    assert ada.holds() == "button in Telegram"


def test_a_button_counts_only_in_the_chat_it_was_sent_to(telegram: FakeTelegram, ada: Any) -> None:
    ada.add("telegram", str(CHAT))
    ada.page()
    data = telegram.sent()[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    posts(telegram, callback_query=presses(data, chat=666))
    posts(telegram, 2, callback_query=presses("a:not-an-id"))
    posts(telegram, 3, callback_query=presses("x" + data[1:]))
    assert ada.holds() == ""


def test_a_reply_acknowledges_and_stop_ends_it(telegram: FakeTelegram, ada: Any) -> None:
    method = ada.add("telegram", str(CHAT))
    ada.page()
    assert "INC-42 is yours." in posts(telegram, message=says("ack")).json()["text"]
    posts(telegram, 2, message=says("/stop"))
    assert not ada.method(method).enabled


@pytest.mark.parametrize("secret", ["", "wrong", "é"])
def test_an_update_without_the_secret_is_refused(telegram: FakeTelegram, ada: Any, secret: str) -> None:
    ada.add("telegram", str(CHAT))
    ada.page()
    assert posts(telegram, secret=secret, message=says("ack")).status_code == 403
    assert ada.holds() == ""


def test_an_update_is_heard_once(telegram: FakeTelegram, ada: Any) -> None:
    ada.add("telegram", str(CHAT))
    ada.page(41)
    posts(telegram, 7, message=says("ack"))
    ada.page(42)
    assert posts(telegram, 7, message=says("ack")).content == b""
    assert ada.holds(42) == ""


def test_behind_a_firewall_telegram_is_asked_and_what_was_heard_is_confirmed(
    telegram: FakeTelegram, ada: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://tocsin.lan"
    ada.add("telegram", str(CHAT))
    ada.page()
    telegram.waiting = [{"update_id": 8, "message": says("1")}, {"update_id": 9, "edited_message": {}}]
    inbound.ask()
    assert ada.holds() == "reply in Telegram"
    assert telegram.sent()[-1]["text"] == "INC-42 is yours."
    assert telegram.waiting == []


def test_a_token_of_the_environment_is_enough(telegram: FakeTelegram, ada: Any, settings: Any) -> None:
    commands.remove_channel(SYSTEM, name="telegram")
    settings.CHANNELS = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_BOT_NAME": "acme_tocsin_bot",
        "TELEGRAM_API": f"http://127.0.0.1:{telegram.port}",
    }
    ada.add("telegram", str(CHAT))
    ada.page()
    telegram.waiting = [{"update_id": 8, "message": says("1")}]
    inbound.ask()
    assert ada.holds() == "reply in Telegram"


@pytest.mark.parametrize(
    ("status", "description", "state", "on"),
    [
        (400, "Bad Request: chat not found", "failed", True),
        (403, "Forbidden: bot was blocked by the user", "failed", False),
        (401, "Unauthorized", "queued", True),
        (429, "Too Many Requests: retry after 30", "queued", True),
        (502, "Bad Gateway", "queued", True),
    ],
)
def test_each_refusal_is_told_apart(
    telegram: FakeTelegram, ada: Any, status: int, description: str, state: str, on: bool
) -> None:
    telegram.fails = (
        status,
        {"ok": False, "error_code": status, "description": description, "parameters": {"retry_after": 30}},
    )
    method = ada.add("telegram", str(CHAT))
    ada.page()
    [row] = ada.sent("telegram")
    assert (row.state, description in row.answer, TOKEN in row.answer) == (state, True, False)
    assert ada.method(method).enabled is on
    if status == 429:
        assert row.next_at is not None
        assert (row.next_at - row.attempts[0].at).total_seconds() >= 29


def test_a_wrong_token_shows_on_the_channel(telegram: FakeTelegram) -> None:
    commands.save_channel(SYSTEM, name="telegram", config={"bot_token": "987654321:" + "B" * 35})
    run_engine(periodic=False)
    view = channel(SYSTEM, "telegram")
    assert (view.state, "token is not known" in view.problem) == ("failing", True)


def test_its_end_changes_the_page_and_takes_its_buttons_away(telegram: FakeTelegram, ada: Any) -> None:
    ada.add("telegram", str(CHAT))
    ada.page()
    name = len(telegram.calls)
    ada.ends()
    method, said = telegram.calls[-1]
    assert (method, said["chat_id"], said["message_id"]) == ("editMessageText", str(CHAT), name)
    assert said["text"].startswith("Resolved: INC-42 Checkout is failing\n\nResolved by Ben at ")
    assert "callback_data" not in json.dumps(said)
    assert len(telegram.sent()) == 1


@pytest.mark.parametrize(
    ("problem", "again"),
    [("Bad Request: message to edit not found", True), ("Bad Request: message is not modified: it is the same", False)],
)
def test_a_page_that_cannot_be_changed_is_followed_without_a_noise_and_a_changed_one_is_left(
    telegram: FakeTelegram, ada: Any, problem: str, again: bool
) -> None:
    ada.add("telegram", str(CHAT))
    ada.page()
    answer = telegram.answer

    def refuses(path: str, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("editMessageText"):
            return 400, {"ok": False, "error_code": 400, "description": problem}
        return answer(path, fields)

    telegram.answer = refuses  # type: ignore[method-assign]
    ada.ends()
    assert [each["disable_notification"] for each in telegram.sent()] == ([False, True] if again else [False])
    assert ada.sent("telegram")[0].state == "sent"
