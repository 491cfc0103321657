"""What a webhook destination needs: an address and a secret. Makes the secret when none is given."""

from collections.abc import Mapping

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.domain.delivery.signing import key_of, new_secret

FIELDS: tuple[FormField, ...] = (
    FormField("address", "Address", "Where Tocsin posts to.", required=True, placeholder="https://example.org/hook"),
    FormField("secret", "Signing secret", "Made by Tocsin when left empty; copy it to the receiver.", secret=True),
    FormField("previous_secret", "Previous secret", "Signs too, while the receiver changes over.", secret=True),
)


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """An http(s) address and secrets of 24 to 64 bytes. Raises `Invalid` naming the field."""
    url = check_url(address, field="address")
    kept = {"secret": config.get("secret") or new_secret()}
    if config.get("previous_secret"):
        kept["previous_secret"] = config["previous_secret"]
    for name, secret in kept.items():
        key_of(secret, field=name)
    # Paths of webhooks are often the secret themselves: only the host may be shown.
    return Cleaned(url, "/".join(url.split("/")[:3]) + "/…", kept)
