"""What a webhook destination needs: an address and a secret. Makes the secret when none is given."""

import secrets
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.errors import Invalid

PREFIX = "whsec_"
FIELDS: tuple[FormField, ...] = (
    FormField("address", "Address", "Where Tocsin posts to.", required=True, placeholder="https://example.org/hook"),
    FormField("secret", "Signing secret", "Made by Tocsin when left empty; copy it to the receiver.", secret=True),
    FormField("previous_secret", "Previous secret", "Signs too, while the receiver changes over.", secret=True),
)


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """An http(s) address and secrets of 24 to 64 bytes. Raises `Invalid` naming the field."""
    url = check_url(address, field="address")
    kept = {"secret": config.get("secret") or PREFIX + b64encode(secrets.token_bytes(24)).decode()}
    if config.get("previous_secret"):
        kept["previous_secret"] = config["previous_secret"]
    for name, secret in kept.items():
        key_of(secret, field=name)
    # Paths of webhooks are often the secret themselves: only the host may be shown.
    return Cleaned(url, "/".join(url.split("/")[:3]) + "/…", kept)


def key_of(secret: str, *, field: str = "secret") -> bytes:
    """The key that a secret stands for. Raises `Invalid` naming `field`."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise Invalid(
            f"{field}: write whsec_ and 24 to 64 random bytes in base64, or leave it empty and Tocsin makes one.",
            field=field,
        )
    return key
