"""Sends mail over SMTP, step by step, so that each ending is told apart: refused, later, or nobody knows.

Hides the protocol. Only after the whole text went out can the outcome be unknown; before, nothing was taken.
"""

import re
import smtplib
import ssl
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    Message,
    Permanent,
    Reply,
    Temporary,
    Traits,
    Unknown,
    register_transport,
)
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.smtp import config
from tocsin.integrations.smtp.letter import letter, message_id, sender_address
from tocsin.kernel.clock import now

TIMEOUT = 10.0
_LINE_DOT = re.compile(rb"(?m)^\.")


class SmtpTransport:
    """A message as a mail."""

    kind = "mail"
    name = "Mail"
    capabilities = frozenset({Capability.HTML, Capability.IDEMPOTENT})
    fields = config.FIELDS
    traits = Traits("mail", note="is read, wakes nobody", word="mail")

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """One mailbox."""
        return config.clean(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One mail server, one lane."""
        return "smtp"

    def problem(self) -> str:
        """Why no mail can go out, with the mend."""
        return config.problem()

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Hand one mail to the server. Without a usable `TOCSIN_MAIL_URL` it waits: the setting can be mended."""
        server = config.mail_server()
        if server is None:
            return Temporary(config.problem())
        try:
            mail = letter(destination.address, message, idempotency_key, now())
        except (ValueError, IndexError) as error:
            return Permanent(f"No mail can be made of this: {one_line(str(error))}")
        try:
            connection = _connect(server)
        except smtplib.SMTPAuthenticationError as error:
            return Temporary(f"The mail server refuses the user or password of TOCSIN_MAIL_URL: {_said(error)}")
        except smtplib.SMTPResponseException as error:
            return Temporary(_said(error))
        except (OSError, smtplib.SMTPException) as error:
            return Temporary(f"The mail server {server.host}:{server.port} cannot be used: {_why(error)}")
        try:
            return _hand_over(connection, destination.address, mail, message_id(idempotency_key))
        finally:
            connection.close()


def _connect(server: config.MailServer) -> smtplib.SMTP:
    name = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    if server.tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=TIMEOUT, context=_tls()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.starttls:
            connection.starttls(context=_tls())
            connection.ehlo_or_helo_if_needed()
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    # Reading the system's certificates takes tens of milliseconds: once is enough.
    return ssl.create_default_context()


def _hand_over(connection: smtplib.SMTP, address: str, mail: EmailMessage, id_: str) -> Reply:
    wide = not (address + sender_address()).isascii()
    if wide and not connection.has_extn("smtputf8"):
        return Permanent("The mail server does not take addresses with letters beyond ASCII.")
    try:
        refused = _envelope(connection, address, ["SMTPUTF8", "BODY=8BITMIME"] if wide else [])
        if refused is not None:
            return refused
        code, reply = connection.docmd("DATA")
        if code != 354:
            return _refusal(code, reply)
    except (OSError, smtplib.SMTPException) as error:
        return Temporary(f"The mail server hung up before it took the mail: {_why(error)}")
    try:
        raw = mail.as_bytes(policy=policy.SMTPUTF8 if wide else policy.SMTP)
        connection.send(_LINE_DOT.sub(b"..", raw).rstrip(b"\r\n") + b"\r\n.\r\n")
        code, reply = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(f"The mail went out, but the server did not say whether it took it: {_why(error)}")
    if not 200 <= code < 300:
        return _refusal(code, reply)
    _goodbye(connection)
    return Accepted(provider_id=id_, answer=_words(code, reply))


def _envelope(connection: smtplib.SMTP, address: str, options: list[str]) -> Reply | None:
    code, reply = connection.mail(sender_address(), options)
    if code != 250:
        return _refusal(code, reply)
    code, reply = connection.rcpt(address)
    if code not in {250, 251}:
        # A mailbox that is busy or greylisted says nothing about the server: others may go on.
        return _refusal(code, reply, provider=code == 421)
    return None


def _refusal(code: int, reply: bytes, *, provider: bool = True) -> Reply:
    """RFC 5321: 4yz may work later, 5yz never will."""
    if 500 <= code < 600:
        return Permanent(_words(code, reply))
    return Temporary(_words(code, reply), provider=provider)


def _goodbye(connection: smtplib.SMTP) -> None:
    try:
        connection.docmd("QUIT")
    except (OSError, smtplib.SMTPException):
        # It has the mail; how it hangs up does not matter.
        return


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return _words(error.smtp_code, said if isinstance(said, bytes) else said.encode())


def _words(code: int, reply: bytes) -> str:
    return one_line(f"{code} {reply.decode('utf-8', 'replace')}", 300)


def _why(error: Exception) -> str:
    return one_line(str(error), 200) or type(error).__name__


register_transport(SmtpTransport.kind, SmtpTransport())
