"""System checks of this installation: what is wrong with its settings or its database, and the mend.

Hides nothing. Never changes anything; run by `tocsin check`, and shown before each preparation.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Advice
from django.db import DatabaseError, connections

from tocsin.core.events.guard import missing_triggers

# 256 bits as URL-safe base64; Django's own check asks for 50 characters, which ours exceeds.
_SECRET_LENGTH = 43
_MAIL_SCHEMES = {"smtp", "smtps"}


@register(Tags.security)
def secret_key_is_long_enough(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """The key that signs sessions and seals secrets at rest."""
    if len(settings.SECRET_KEY) >= _SECRET_LENGTH:
        return []
    return [
        Error(
            f"TOCSIN_SECRET_KEY has {len(settings.SECRET_KEY)} characters.",
            hint=f"Give it {_SECRET_LENGTH} or more random ones (`openssl rand -base64 48`), or none: "
            "Tocsin then makes its own in TOCSIN_HOME.",
            id="tocsin.E001",
        )
    ]


@register(Tags.urls)
def url_is_an_origin(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """TOCSIN_URL stands in front of every link in a page or mail."""
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme in {"http", "https"} and url.hostname and not (url.path or url.query or url.fragment):
        return []
    return [
        Error(
            f"TOCSIN_URL is '{settings.PUBLIC_URL}', which is not the address of a server.",
            hint="Write scheme and host only, as people type it: https://tocsin.example.org.",
            id="tocsin.E002",
        )
    ]


@register(Tags.security)
def passkeys_have_a_secure_origin(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Browsers grant passkeys to https and to localhost, to nothing else."""
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme == "https" or url.hostname == "localhost":
        return []
    return [
        Advice(
            f"Passkeys are switched off: browsers do not grant them at {settings.PUBLIC_URL}.",
            hint="Put Tocsin behind https and set TOCSIN_URL to that address.",
            id="tocsin.W003",
        )
    ]


@register(Tags.security)
def mail_is_configured(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Without mail nobody can be paged by it, and no forgotten password can be renewed."""
    if not settings.MAIL_URL:
        return [
            Advice(
                "TOCSIN_MAIL_URL is not set: Tocsin cannot send mail.",
                hint="Set it to your mail server: smtp://user:password@mail.example.org:587?starttls=1.",
                id="tocsin.W004",
            )
        ]
    url = urlsplit(settings.MAIL_URL)
    if url.scheme in _MAIL_SCHEMES and url.hostname:
        return []
    return [
        Error(
            "TOCSIN_MAIL_URL is not the address of a mail server.",
            hint="Write it like smtp://user:password@mail.example.org:587?starttls=1 (smtps:// for TLS).",
            id="tocsin.E004",
        )
    ]


@register(Tags.database)
def database_answers(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """The database can be reached, and its log refuses change."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        try:
            tables = connection.introspection.table_names()
        except DatabaseError as error:
            found.append(
                Error(
                    f"The database does not answer: {str(error).strip().splitlines()[0]}",
                    hint="Correct TOCSIN_DATABASE_URL, or start the database it names.",
                    id="tocsin.E005",
                )
            )
            continue
        if "events_entry" in tables:
            found.extend(_unguarded())
    return found


def _unguarded() -> list[CheckMessage]:
    return [
        Error(
            f"The event log can be changed: the trigger {name} is missing.",
            hint="Run `tocsin migrate`, which installs it, then `tocsin log verify`.",
            id="tocsin.E006",
        )
        for name in missing_triggers()
    ]
