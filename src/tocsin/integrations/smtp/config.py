"""Where the mail server is (`TOCSIN_MAIL_URL`) and what a mailbox address may look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.errors import Invalid

FIELDS: tuple[FormField, ...] = (FormField("address", "Mail address", required=True, placeholder="name@example.org"),)
MISSING = (
    "Mail is not set up: TOCSIN_MAIL_URL is missing; set it like smtp://user:password@mail.example.org:587?starttls=1."
)
BROKEN = "TOCSIN_MAIL_URL is not the address of a mail server; write it like smtp://user:password@mail.example.org:587?starttls=1."


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. `tls`: from the first byte; `starttls`: upgraded before anything is told."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool


def problem() -> str:
    """Why no mail can be sent, with the mend; empty when the setting is usable."""
    if not settings.MAIL_URL:
        return MISSING
    return "" if _parse(settings.MAIL_URL) else BROKEN


def mail_server() -> MailServer | None:
    """The server of `TOCSIN_MAIL_URL`; None when the setting is missing or broken."""
    return _parse(settings.MAIL_URL) if settings.MAIL_URL else None


def _parse(text: str) -> MailServer | None:
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        return None
    tls = url.scheme == "smtps"
    return MailServer(
        host=url.hostname,
        port=port or (465 if tls else 25),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
        starttls=parse_qs(url.query).get("starttls", ["0"])[-1] not in {"0", "", "false", "no"},
    )


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """One mailbox. Raises `Invalid(address)`."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(
            "address: this is not a mail address; write it like name@example.org.", field="address"
        ) from error
    local, _, domain = address.rpartition("@")
    return Cleaned(f"{local}@{domain.lower()}", f"{local[:1]}…@{domain.lower()}", {})
