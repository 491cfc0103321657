"""What a service may be called, and of what kind and tier it may be."""

import re

from tocsin.kernel.errors import Invalid

KINDS = ("service", "component", "system")
TIERS = (1, 2, 3, 4)
NAME_LENGTH = 120
SLUG_LENGTH = 60
DESCRIPTION_LENGTH = 2000
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def clean_name(text: str, *, field: str = "name") -> str:
    """One line of 1 to 120 characters, spaces folded."""
    name = " ".join(text.replace("\0", "").split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Invalid(f"{field}: write 1 to {NAME_LENGTH} characters.", field=field)
    return name


def clean_slug(text: str, *, field: str = "slug") -> str:
    """A slug exactly as given. Raises `Invalid` for anything but letters a to z, digits and single hyphens."""
    if not _SLUG.match(text) or len(text) > SLUG_LENGTH:
        raise Invalid(
            f"{field}: '{text}' must be letters a to z, digits and hyphens, at most {SLUG_LENGTH}.", field=field
        )
    return text


def slug_of(name: str) -> str:
    """`"Card Payments"` -> `"card-payments"`. Raises `Invalid` when no letter or digit is left."""
    return clean_slug(_NOT_SLUG.sub("-", name.lower()).strip("-")[:SLUG_LENGTH].strip("-"), field="name")


def clean_description(text: str, *, field: str = "description") -> str:
    """At most 2,000 characters."""
    if len(text) > DESCRIPTION_LENGTH:
        raise Invalid(f"{field}: it has {len(text)} characters; write at most {DESCRIPTION_LENGTH}.", field=field)
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def clean_kind(text: str, *, field: str = "kind") -> str:
    """service, component or system."""
    if text not in KINDS:
        raise Invalid(f"{field}: '{text}' is none of {', '.join(KINDS)}.", field=field)
    return text


def clean_tier(value: int, *, field: str = "tier") -> int:
    """1 (everything stops without it) to 4 (nobody notices for a day)."""
    if isinstance(value, bool) or value not in TIERS:
        raise Invalid(f"{field}: '{value}' is not a tier; write 1 (most important) to 4.", field=field)
    return value
