"""Answers to mails (Settings, Channels): where they go, and the secret of whoever hands them to us.

Sending needs none of this: the mail server itself is `TOCSIN_MAIL_URL`.
"""

from collections.abc import Mapping

from tocsin.domain.delivery.channels import Address, account, register_channel
from tocsin.domain.delivery.ports import FormField
from tocsin.integrations.smtp import config
from tocsin.kernel.errors import Invalid

CHANNEL = "mail"
_SECRET = 16


class MailChannel:
    """Answers to the mails of pages."""

    name = CHANNEL
    title = "Mail"
    about = "Sent through TOCSIN_MAIL_URL. Set here: that an answer to a page's mail acknowledges."
    icon = "mail"
    kinds: tuple[str, ...] = ("mail",)
    fields: tuple[FormField, ...] = (
        FormField("reply_to", "Answers go to", "Empty: the sender of mail.", placeholder="tocsin@example.org"),
        FormField(
            "secret",
            "Secret for answers",
            "At least 16 letters. Your mail server sends it with each answer. Empty: none are taken.",
            secret=True,
        ),
    )
    addresses: tuple[Address, ...] = (
        Address("Answers: POST of the whole mail (message/rfc822) with the header X-Tocsin-Secret", "reply"),
    )

    def clean(self, given: Mapping[str, str]) -> dict[str, str]:
        """One mailbox, and a secret that nobody guesses."""
        found = {name: value.strip() for name, value in given.items()}
        if found.get("reply_to"):
            try:
                found["reply_to"] = config.clean(found["reply_to"], {}).address
            except Invalid as error:
                raise Invalid("reply_to: write a mail address, like tocsin@example.org.", field="reply_to") from error
        if found.get("secret") and len(found["secret"]) < _SECRET:
            raise Invalid(f"secret: write at least {_SECRET} letters that nobody guesses.", field="secret")
        return found

    def connect(self, given: Mapping[str, str]) -> str:
        """Nothing to do anywhere."""
        return ""


def reply_to() -> str | None:
    """Where answers go, when they are taken: '' for the sender of mail, None when they are not."""
    known = account(CHANNEL)
    return known.get("reply_to", "") if known.get("secret") else None


register_channel(MailChannel())
