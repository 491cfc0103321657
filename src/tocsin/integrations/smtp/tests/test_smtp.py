"""Mail through a real SMTP server in this process: every answer it can give, and none at all."""

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts.commands import add_person
from tocsin.domain.delivery.commands import send
from tocsin.domain.delivery.ports import (
    Accepted,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Unknown,
)
from tocsin.domain.delivery.queries import deliveries, destination_ids_for
from tocsin.integrations.smtp import transport as module
from tocsin.integrations.smtp.config import clean
from tocsin.integrations.smtp.letter import letter
from tocsin.integrations.smtp.transport import SmtpTransport
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid
from tocsin.kernel.subject import Subject

ANSWERS = json.loads((Path(__file__).parent.parent / "fixtures" / "answers.json").read_text())
PAGE = Message(
    title="Critical: INC-42 Checkout fails",
    text="Error rate 41 %\n.hidden dot\n\nAcknowledge: https://tocsin.example.org/p/abc",
    url="https://tocsin.example.org/p/abc",
    reference="INC-42",
    severity="critical",
    urgent=True,
)


@dataclass
class Post:
    """The server's behaviour: answers per step, seconds of silence after the text, whether it then hangs up."""

    port: int = 0
    mail: str = ""
    rcpt: str = ""
    text: str = ""
    silence: float = 0
    hang_up: bool = False
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.hang_up:
            server.transport.abort()
        await asyncio.sleep(self.silence)
        return self.text or "250 2.0.0 queued as 4711"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Post(port)
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.MAIL_FROM = "Tocsin <tocsin@example.org>"
    settings.PUBLIC_URL = "https://tocsin.example.org"
    yield handler
    controller.stop()


def mailbox(address: str = "mara@example.org") -> DestinationView:
    return DestinationView("1", "2", "mail", address, "m…", "", {}, True, None, 0)


def deliver(message: Message = PAGE, address: str = "mara@example.org", key: str = "key-1") -> Reply:
    return SmtpTransport().send(mailbox(address), message, key)


def plain(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_page_arrives_with_its_link_in_text_and_html(post: Post) -> None:
    reply = deliver()
    assert isinstance(reply, Accepted)
    assert reply.answer == "250 2.0.0 queued as 4711"
    [letter] = post.letters
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        PAGE.title,
        "mara@example.org",
        "Tocsin <tocsin@example.org>",
    )
    assert letter["Auto-Submitted"] == "auto-generated"
    assert plain(letter) == PAGE.text + "\n"
    html = letter.get_body(("html",))
    assert html is not None
    assert '<a href="https://tocsin.example.org/p/abc">Acknowledge</a>' in html.get_content()


def test_a_second_attempt_carries_the_same_message_id(post: Post) -> None:
    first, second, other = deliver(), deliver(), deliver(key="key-2")
    ids = [letter["Message-ID"] for letter in post.letters]
    assert ids[0] == ids[1] != ids[2]
    assert isinstance(first, Accepted)
    assert first.provider_id == ids[0]
    assert second == first != other


def test_what_follows_a_mail_stands_in_its_thread_in_headers_that_mail_programs_can_read(post: Post) -> None:
    first, second = "0196f7a0-2b1c-7c1e-9b1e-5f0a4a1b2c3d", "0196f7a0-2b1c-7c1e-9b1e-5f0a4a1b2c3e"
    deliver(key=first)
    deliver(key=second)
    deliver(replace(PAGE, over=True, follows=(second, first)), key="key-3")
    one, two, end = post.letters
    assert end["In-Reply-To"] == two["Message-ID"]
    assert str(end["References"]).split() == [two["Message-ID"], one["Message-ID"]]
    follows = replace(PAGE, over=True, follows=(second, first))
    sent = letter("mara@example.org", follows, "key-3", datetime(2026, 11, 29, tzinfo=UTC)).as_bytes(policy=policy.SMTP)
    assert f"In-Reply-To: {two['Message-ID']}\r\n".encode() in sent
    assert f"References: {two['Message-ID']}\r\n {one['Message-ID']}\r\n".encode() in sent


@pytest.mark.parametrize("said", ANSWERS["permanent"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "text"])
def test_a_5xx_at_any_step_is_final(post: Post, step: str, said: str) -> None:
    setattr(post, step, said)
    assert deliver() == Permanent(said)


@pytest.mark.parametrize("said", ANSWERS["temporary"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "text"])
def test_a_4xx_at_any_step_may_work_later(post: Post, step: str, said: str) -> None:
    setattr(post, step, said)
    reply = deliver()
    assert isinstance(reply, Temporary)
    assert reply.answer == said
    assert reply.provider is (step != "rcpt" or said.startswith("421"))


def test_silence_after_the_text_is_unknown(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    post.silence = 1.0
    assert isinstance(deliver(), Unknown)
    assert len(post.letters) == 1


def test_a_connection_that_breaks_after_the_text_is_unknown(post: Post) -> None:
    post.hang_up = True
    assert isinstance(deliver(), Unknown)
    assert len(post.letters) == 1


def test_a_server_that_is_away_may_come_back(post: Post, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.MAIL_URL = f"smtp://127.0.0.1:{free.getsockname()[1]}"
    assert isinstance(deliver(), Temporary)


def test_a_password_never_goes_out_in_the_clear_when_tls_was_asked_for(post: Post, settings: Any) -> None:
    settings.MAIL_URL = f"smtp://user:canary@127.0.0.1:{post.port}?starttls=1"
    reply = deliver()
    assert isinstance(reply, Temporary)
    assert "canary" not in reply.answer
    assert post.letters == []


@pytest.mark.parametrize("url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:port"])
def test_without_a_usable_setting_mail_waits_and_names_the_mend(settings: Any, url: str) -> None:
    settings.MAIL_URL = url
    reply = deliver()
    assert isinstance(reply, Temporary)
    assert "TOCSIN_MAIL_URL" in reply.answer
    assert SmtpTransport().problem() == reply.answer


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00"])
def test_nobody_injects_a_header(post: Post, break_: str) -> None:
    evil = f"Hello{break_}Bcc: all@example.org{break_}{break_}Body"
    deliver(Message(title=evil, text=evil, reference=evil), key=f"k{break_}Bcc: x")
    [letter] = post.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: all@example.org Body"


def test_html_escapes_what_strangers_wrote(post: Post) -> None:
    deliver(Message(title="<script>1</script>", text="<img src=x onerror=1>", url="javascript:alert(1)"))
    html = post.letters[0].get_body(("html",))
    assert html is not None
    content = html.get_content()
    assert "<script" not in content
    assert "<img" not in content
    assert "javascript:" not in content


def test_letters_of_all_alphabets_arrive(post: Post) -> None:
    deliver(Message(title="Störung: 決済 ☂", text="Überlast\n" + "ß" * 2000))
    assert post.letters[0]["Subject"] == "Störung: 決済 ☂"
    assert "ß" * 2000 in plain(post.letters[0])


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a@example.org\r\nBcc: b@example.org", "a b@example.org"])
def test_what_is_no_mailbox_is_refused_by_name(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean(address, {})
    assert refused.value.field == "address"


@pytest.mark.django_db
def test_a_person_who_was_added_is_reached_at_the_own_address(post: Post) -> None:
    """The whole way: the person's own mailbox is a proved contact method; a doubt is sent again and ends as sent."""
    mara = add_person(system("t"), email="mara@example.org", name="Mara Okafor")
    run_engine()
    [mail] = destination_ids_for(mara, urgent=True)
    subject = Subject("incident", "1", "INC-42", "Checkout fails", "/incidents/INC-42/")
    post.hang_up = True
    with time_machine.travel(datetime.now(UTC)) as clock:
        send(system("t"), destination_id=mail, message=PAGE, subject=subject, purpose="page", key="k")
        run_engine()
        assert deliveries(system("t"))[0].state == "unknown"
        post.hang_up = False
        clock.shift(6)
        run_engine()
    [seen] = deliveries(system("t"))
    assert (seen.state, [a.outcome for a in seen.attempts]) == ("sent", ["unknown", "accepted"])
    assert post.letters[0]["Message-ID"] == post.letters[1]["Message-ID"]


def test_a_mail_that_can_be_left_says_so_to_the_mail_program_and_others_do_not() -> None:
    leave = f"https://tocsin.example.org/status/subscription/{'a' * 120}/"
    mail = letter("ann@example.org", Message(title="x", text="y", attributes={"unsubscribe_url": leave}), "k", now())
    assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in mail.as_bytes(policy=policy.SMTP)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter("ann@example.org", Message(title="x", text="y"), "k", now())["List-Unsubscribe"] is None
