"""An answer to a page's mail: the whole mail, posted by the organisation's mail server, acknowledges or passes on.

Which mail it answers is proved by that mail's Message-ID, which is signed (security.md). What a machine wrote
(RFC 3834: out of office, lists, bounces) does nothing, and nothing is ever answered: there can be no loop.
"""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from hmac import compare_digest

from django.db import transaction

from tocsin.domain.delivery import commands
from tocsin.domain.delivery.channels import account
from tocsin.domain.delivery.doors import Back, Knock, Verb, register_door
from tocsin.domain.delivery.replying import verb_of
from tocsin.integrations.smtp.channel import CHANNEL
from tocsin.integrations.smtp.letter import signature
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Denied, Invalid, NotFound

SELF = system("mail")
_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-f]{20})@[^<>\s]{1,255}>")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_IDS_LOOKED_AT, _WORDS = 50, 4


class MailDoor:
    """The way in for answers to mails."""

    def hear(self, knock: Knock) -> Back:
        """Verify who posts, then take the answer. Always 200 for a mail that means nothing: it must not come back."""
        secret = account(CHANNEL).get("secret", "")
        if not secret or knock.path != "reply":
            raise NotFound("Nobody is expected here.")
        bearer = knock.headers.get("authorization", "").removeprefix("Bearer ")
        given = knock.headers.get("x-tocsin-secret", "") or bearer
        if not compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            raise Denied("The secret is not the one that is set under Settings, Channels.")
        return Back(200, take(read(knock.body)).encode())


def read(raw: bytes) -> EmailMessage:
    """The mail. Raises `Invalid` for what is none."""
    try:
        found = message_from_bytes(raw, policy=policy.default)
        known = bool(found.keys())
    except (ValueError, LookupError, IndexError) as error:
        raise Invalid("This is not a mail.") from error
    if not known or not isinstance(found, EmailMessage):
        raise Invalid("This is not a mail.")
    return found


def take(mail: EmailMessage) -> str:
    """Do what the mail asks for, once; what came of it, in a sentence for the log of the mail server."""
    if by_machine(mail):
        return "Written by a machine; nothing was done."
    delivery = answered(mail)
    if not delivery:
        return "It answers no mail of ours; nothing was done."
    verb = asked(mail)
    if verb is None:
        return "Its first line asks for nothing that is known; nothing was done."
    name = _header(mail, "Message-ID") or f"{delivery}:{verb}"
    with transaction.atomic():
        if not commands.once(SELF, vendor=CHANNEL, name=name):
            return "It was heard before."
        return commands.answer_delivery(SELF, delivery_id=delivery, verb=verb, via="reply by mail").sentence


def by_machine(mail: EmailMessage) -> bool:
    """True for what no person typed: automatic answers, lists, bounces."""
    auto = _header(mail, "Auto-Submitted").lower()
    if (auto and auto != "no") or mail.get_content_type() == "multipart/report":
        return True
    if _header(mail, "Return-Path") == "<>" or _header(mail, "List-Id"):
        return True
    robots = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
    busy = _header(mail, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
    return busy or any(_header(mail, name) for name in robots)


def answered(mail: EmailMessage) -> str:
    """The delivery whose mail this answers; '' when none of the ids that it names is of ours."""
    named = f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}"
    for delivery, mark in _ID.findall(named)[:_IDS_LOOKED_AT]:
        if compare_digest(mark, signature(delivery)):
            return str(delivery)
    return ""


def asked(mail: EmailMessage) -> Verb | None:
    """What the first line of its own says; prose of more than four words is no answer."""
    body = mail.get_body(("plain", "html"))
    if body is None:
        return None
    try:
        text = str(body.get_content())
    except (LookupError, ValueError):
        return None
    if body.get_content_type() == "text/html":
        text = _TAG.sub("\n", text)
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return None if first.startswith(">") or len(first.split()) > _WORDS else verb_of(first)


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, "")).strip()
    except (ValueError, IndexError):
        # A header that the library cannot read says nothing to us either.
        return ""


register_door("mail", MailDoor())
