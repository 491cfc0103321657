"""Answers to the mails of pages: taken from people, proved by what they answer, never from machines."""

from dataclasses import replace
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tocsin.domain.delivery import commands
from tocsin.domain.delivery.ports import Message
from tocsin.integrations.smtp.letter import letter, message_id
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

SYSTEM = system("test")
SECRET = "a-secret-of-the-mail-server"


@pytest.fixture
def mailbox(settings: Any, db: None) -> None:
    """Answers are taken."""
    settings.PUBLIC_URL = "https://tocsin.example.org"
    commands.save_channel(SYSTEM, name="mail", config={"secret": SECRET, "reply_to": "pages@example.org"})


def posts(mail: EmailMessage | bytes, secret: str = SECRET) -> HttpResponse:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    answer: Any = Client().post(
        "/hooks/mail/reply", raw, content_type="message/rfc822", headers={"X-Tocsin-Secret": secret}
    )
    return answer  # type: ignore[no-any-return]


def answer(ada: Any, text: str = "ack\n\n> Critical: INC-42", **headers: str) -> EmailMessage:
    """Ada's answer to the page's mail, as her mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ada@example.org", "pages@example.org", "Re: Critical: INC-42"
    mail["Message-ID"] = make_msgid(domain="example.org")
    mail["References"] = f"<other@example.org> {message_id(ada.sent('mail')[0].id)}"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@pytest.fixture
def paged(mailbox: None, ada: Any) -> Any:
    """Ada, paged by mail."""
    ada.add("mail", "ada.phone@example.org")
    ada.page()
    return ada


def test_an_answer_acknowledges_and_is_heard_once(paged: Any) -> None:
    mail = answer(paged)
    said = posts(mail)
    assert (said.status_code, said.content) == (200, b"Ada Lindqvist has it.")
    assert paged.holds() == "reply by mail"
    assert posts(mail).content == b"It was heard before."


def test_an_answer_in_html_is_read_too_and_pass_passes_on(paged: Any) -> None:
    mail = answer(paged)
    mail.set_content("<div><b>Pass</b></div><blockquote>1</blockquote>", subtype="html")
    assert b"nobody else to page" in posts(mail).content


@pytest.mark.parametrize(
    "text",
    ["", "> ack", "Yes we saw this yesterday too", "Thanks, looking", "\n\n> ack\nack"],
)
def test_what_is_no_answer_does_nothing(paged: Any, text: str) -> None:
    assert posts(answer(paged, text)).status_code == 200
    assert paged.holds() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Precedence", "bulk"),
        ("X-Autoreply", "yes"),
        ("List-Id", "<ops.example.org>"),
        ("Return-Path", "<>"),
    ],
)
def test_what_a_machine_wrote_does_nothing(paged: Any, name: str, value: str) -> None:
    assert b"machine" in posts(answer(paged, **{name.replace("-", "_"): value})).content
    assert paged.holds() == ""


def test_a_mail_that_answers_none_of_ours_does_nothing(paged: Any) -> None:
    mail = answer(paged)
    right = message_id(paged.sent("mail")[0].id)
    for wrong in (right.replace(".", ".0", 1), right[:1] + "f" + right[2:], "<x@y>"):
        mail.replace_header("References", wrong)
        assert b"answers no mail of ours" in posts(mail).content
    assert paged.holds() == ""


def test_who_does_not_know_the_secret_is_refused(paged: Any) -> None:
    assert posts(answer(paged), secret="wrong").status_code == 403
    assert posts(b"").status_code == 422
    assert paged.holds() == ""
    commands.remove_channel(SYSTEM, name="mail")
    assert posts(answer(paged)).status_code == 404


def test_the_mail_says_how_to_answer_only_where_answers_are_taken(mailbox: None) -> None:
    page = Message("Critical: INC-42", "Checkout is failing", replies=True)
    mail = letter("ada@example.org", page, "key", now())
    assert mail["Reply-To"] == "pages@example.org"
    assert "Or answer this mail: ack" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    german = letter("ada@example.org", replace(page, language="de"), "key", now()).get_body(("plain",))
    assert "Oder antworte auf diese Mail: ja übernimmt" in german.get_content()  # type: ignore[union-attr]
    assert letter("ada@example.org", Message("News", "x"), "key", now())["Reply-To"] is None
    commands.remove_channel(SYSTEM, name="mail")
    assert "answer this mail" not in letter("ada@example.org", page, "key", now()).get_body(("plain",)).get_content()  # type: ignore[union-attr]
