"""Which Apprise addresses a destination may have. Looks at their form only: the verification code proves the rest."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.errors import Invalid

FIELDS: tuple[FormField, ...] = (
    FormField(
        "address",
        "Apprise URL",
        "One target; the list is at github.com/caronc/apprise/wiki.",
        required=True,
        secret=True,
        placeholder="ntfy://ntfy.sh/your-topic",
    ),
)
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]{1,30})://(.*)$", re.IGNORECASE)
# They act on the machine that Tocsin runs on, or are transports of Tocsin's own with an honest answer.
_REFUSED = {
    "dbus": "it shows on Tocsin's own machine",
    "gio": "it shows on Tocsin's own machine",
    "glib": "it shows on Tocsin's own machine",
    "gnome": "it shows on Tocsin's own machine",
    "kde": "it shows on Tocsin's own machine",
    "macosx": "it shows on Tocsin's own machine",
    "qt": "it shows on Tocsin's own machine",
    "syslog": "it writes on Tocsin's own machine",
    "windows": "it shows on Tocsin's own machine",
    "file": "it is a file",
    "http": "use a webhook",
    "https": "use a webhook",
    "mailto": "use mail",
    "mailtos": "use mail",
}
# Parameters by which a target has a file of Tocsin's machine read.
_FILES = frozenset({"keyfile", "subfile", "pgpkey", "pgppub", "pgpprv", "template"})


def clean(address: str, config: Mapping[str, str]) -> Cleaned:
    """One target. Raises `Invalid(address)`."""
    address = address.strip()
    scheme = scheme_of(address)
    if not scheme or not address.isprintable() or any(c.isspace() for c in address):
        raise _invalid("this is not an Apprise URL; write it like ntfy://ntfy.sh/your-topic")
    if scheme in _REFUSED:
        raise _invalid(f"{scheme}:// cannot be used: {_REFUSED[scheme]}")
    files = _FILES & {name.lower().lstrip("+-:") for name, _ in parse_qsl(urlsplit(address).query)}
    if files:
        raise _invalid(f"the parameter {sorted(files)[0]} names a file and cannot be used")
    return Cleaned(address, f"{scheme}://…", {})


def scheme_of(address: str) -> str:
    """The product, in lower case; '' when there is none."""
    match = _SCHEME.match(address)
    return match[1].lower() if match and match[2] else ""


def _invalid(sentence: str) -> Invalid:
    return Invalid(f"address: {sentence}.", field="address")
