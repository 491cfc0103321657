"""The organisation's key for push services (VAPID, RFC 8292), made once; and what a browser's subscription holds."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.channels import Address, account, register_channel
from tocsin.domain.delivery.commands import give_channel
from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

CHANNEL = KIND = "webpush"
FIELDS: tuple[FormField, ...] = (
    FormField("address", "Browser", required=True, secret=True, given=False),
    FormField("p256dh", "Key of the browser", required=True, secret=True, given=False),
    FormField("auth", "Secret of the browser", required=True, secret=True, given=False),
)
_SELF = system("webpush")
_POINT, _SCALAR, _SECRET = 65, 32, 16


class WebPushChannel:
    """Tocsin's own key at the push services of Google, Mozilla, Apple and Microsoft: no account is needed there."""

    name = CHANNEL
    title = "Web push"
    about = "Notifications in people's browsers, on desktop and phone; Acknowledge is a button in them."
    icon = "bell-ringing"
    kinds: tuple[str, ...] = (KIND,)
    fields: tuple[FormField, ...] = (
        FormField(
            "contact",
            "Whom push services may write to",
            "A mail address, when something is wrong with what Tocsin sends. Empty: the sender of mail.",
            placeholder="admin@example.org",
        ),
        FormField(
            "private_key", "Private key", "Made by Tocsin. A new one ends what browsers were added.", secret=True
        ),
    )
    addresses: tuple[Address, ...] = ()

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """A mail address and a key of 32 bytes."""
        found = {name: value.strip() for name, value in config.items()}
        if found.get("contact") and "@" not in found["contact"]:
            raise Invalid("contact: write a mail address, like admin@example.org.", field="contact")
        if found.get("private_key"):
            private(found["private_key"])
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """Nothing to do anywhere."""
        return ""


def private(text: str) -> ec.EllipticCurvePrivateKey:
    """The key that the setting stands for. Raises `Invalid(private_key)`."""
    raw = decoded(text)
    try:
        if len(raw) != _SCALAR:
            raise ValueError
        return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())
    except ValueError as error:
        raise Invalid(
            "private_key: write 32 bytes in base64url, or leave it empty and Tocsin makes one.", field="private_key"
        ) from error


def vapid_key() -> ec.EllipticCurvePrivateKey:
    """The organisation's key; made and kept at the first use."""
    known = account(CHANNEL).get("private_key")
    if not known:
        scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        known = give_channel(_SELF, name=CHANNEL, config={"private_key": encoded(scalar.to_bytes(_SCALAR))})[
            "private_key"
        ]
    return private(known)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as an uncompressed point, 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def contact() -> str:
    """Who is responsible, as RFC 8292 wants it (a mailto or https address)."""
    given = account(CHANNEL).get("contact") or settings.MAIL_FROM.rpartition("<")[2].rstrip("> ")
    return f"mailto:{given}"


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """A subscription as the browser gives it: an address at its push service, its key and its secret."""
    url = check_url(address, field="address")
    key, secret = decoded(config.get("p256dh", "")), decoded(config.get("auth", ""))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        if len(key) != _POINT or len(secret) != _SECRET:
            raise ValueError
    except ValueError as error:
        raise Invalid(
            "address: the browser gave no whole subscription; add it again from that browser.", field="address"
        ) from error
    host = urlsplit(url).hostname or ""
    return Cleaned(url, f"at {host}", {"p256dh": encoded(key), "auth": encoded(secret)})


def decoded(text: str) -> bytes:
    """base64url, with or without its padding; b'' for what is none."""
    try:
        return urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except ValueError:
        return b""


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


register_channel(WebPushChannel())
