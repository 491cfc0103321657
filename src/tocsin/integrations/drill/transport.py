"""Sends a message as mail to the mailbox of a running drill on this machine, over real SMTP.

Can reach nothing else: the address must be a practice person's, and the server is always this machine.
"""

import smtplib
from collections.abc import Mapping
from email.message import EmailMessage

from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Permanent,
    Reply,
    Temporary,
    Unknown,
    register_hidden_transport,
)
from tocsin.domain.delivery.rules import one_line
from tocsin.domain.delivery.wording import mail_body
from tocsin.kernel.errors import Invalid

_HOST = "127.0.0.1"
_DOMAIN = "@drill.invalid"
_TIMEOUT = 5.0


class PracticeMailbox:
    """A message as a mail to a practice person."""

    kind = "drill"
    name = "Practice mailbox"
    capabilities = frozenset({Capability.WAKES, Capability.HTML})
    fields: tuple[FormField, ...] = (
        FormField("address", "Practice address", required=True, placeholder=f"name{_DOMAIN}"),
        FormField("port", "Port of the drill's mailbox", required=True),
    )

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """A practice person's address and the mailbox's port."""
        text = address.strip().lower()
        if not text.endswith(_DOMAIN) or not text.isascii() or len(text) > 80 or any(c in text for c in "<> \r\n"):
            raise Invalid(f"address: only practice people have this mailbox; their addresses end in {_DOMAIN}.")
        port = config.get("port", "")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Invalid("port: give the port of the drill's mailbox.", field="port")
        return Cleaned(text, text, {"port": port})

    def lane(self, destination: DestinationView) -> str:
        """One drill, one lane."""
        return "drill"

    def problem(self) -> str:
        """Never: it is chosen by drills alone."""
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Hand one mail over. When the drill is gone, so is the mailbox: that is final."""
        try:
            connection = smtplib.SMTP(_HOST, int(destination.config["port"]), local_hostname="tocsin", timeout=_TIMEOUT)
        except (OSError, smtplib.SMTPException):
            return Permanent("The drill's mailbox is closed.")
        try:
            with connection:
                mail = _letter(destination.address, message, idempotency_key)
                connection.send_message(mail, "tocsin@drill.invalid", [destination.address])
        except smtplib.SMTPResponseException as error:
            return Temporary(f"The drill's mailbox answered {error.smtp_code}.")
        except (OSError, smtplib.SMTPException) as error:
            return Unknown(f"The drill's mailbox hung up: {one_line(str(error), 120)}")
        return Accepted(provider_id=idempotency_key, answer="250 kept in the practice mailbox")


def _letter(address: str, message: Message, key: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Tocsin <tocsin@drill.invalid>"
    mail["To"] = address
    mail["Subject"] = one_line(message.title, 200) or "Message from Tocsin"
    mail["Message-ID"] = f"<{one_line(key).replace(' ', '')}@drill.invalid>"
    text, html = mail_body(message)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


register_hidden_transport(PracticeMailbox.kind, PracticeMailbox())
