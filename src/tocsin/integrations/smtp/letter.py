"""A message as a mail: headers that nobody can inject into, a stable Message-ID, plain text and simple HTML."""

from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from tocsin.domain.delivery.brief import headline
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import Message
from tocsin.domain.delivery.rules import one_line
from tocsin.domain.delivery.wording import mail_body
from tocsin.integrations.smtp.channel import reply_to

_SUBJECT_LENGTH = 200
_THREAD = 10


class _LinkHeader(UnstructuredHeader):
    """A header that holds an address in angle brackets: on one line and never encoded, or no mail program reads it."""

    def fold(self, *, policy: Policy) -> str:
        return f"List-Unsubscribe: {self}{policy.linesep}"


class _IdsHeader(UnstructuredHeader):
    """A header of message ids, each on a line of its own and never encoded, or no mail program finds the thread."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _LinkHeader)  # type: ignore[arg-type]  # mixed into BaseHeader there
_HEADERS.map_to_type("in-reply-to", _IdsHeader)  # type: ignore[arg-type]
_HEADERS.map_to_type("references", _IdsHeader)  # type: ignore[arg-type]
_POLICY = default.clone(header_factory=_HEADERS)


def letter(address: str, message: Message, key: str, at: datetime) -> EmailMessage:
    """The mail. Its Message-ID depends on `key` alone, so that mail programs drop a second copy."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _sender()
    mail["To"] = _mailbox("", address)
    mail["Subject"] = one_line(headline(message), _SUBJECT_LENGTH) or "Message from Tocsin"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(key)
    if message.follows:
        # RFC 5322, 3.6.4: it stands in the thread of the mail that it follows.
        earlier = [message_id(id_) for id_ in message.follows[:_THREAD]]
        mail["In-Reply-To"] = earlier[0]
        mail["References"] = " ".join(earlier)
    # RFC 3834: an out-of-office reply to a machine helps nobody.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.reference:
        mail["X-Tocsin-Reference"] = one_line(message.reference, 80)
    leave = message.attributes.get("unsubscribe_url", "")
    if leave:
        # RFC 8058: the mail program leaves with one POST, without opening the page.
        mail["List-Unsubscribe"] = f"<{one_line(leave, 900).replace(' ', '')}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.urgent:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    if message.replies and (answers := reply_to()) is not None:
        if answers:
            mail["Reply-To"] = _mailbox("", answers)
        message = replace(message, text=f"{message.text}\n\n{phrase('by_mail', message.language)}")
    text, html = mail_body(message)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def message_id(key: str) -> str:
    """`<key.signature@host>`: the signature lets an answer prove that it belongs to a mail of ours (security.md)."""
    return f"<{one_line(key).replace(' ', '')}.{signature(key)}@{_own_host()}>"


def signature(key: str) -> str:
    """By which an answer proves that it answers a mail of ours."""
    return salted_hmac("smtp.message-id", key, algorithm="sha256").hexdigest()[:20]


def sender_address() -> str:
    """The bare address that bounces go to."""
    return _split(settings.MAIL_FROM)[1]


def _sender() -> Address:
    return _mailbox(*_split(settings.MAIL_FROM))


def _split(text: str) -> tuple[str, str]:
    name, address = parseaddr(one_line(text))
    return name, address or "tocsin@localhost"


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _own_host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
