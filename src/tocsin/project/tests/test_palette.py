"""The palette reaches every screen that has an address of its own; what needs a thing first is found by its name."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tocsin.domain.accounts.queries import actor_of
from tocsin.kernel.actor import Role
from tocsin.ui.shell import palette

pytestmark = pytest.mark.django_db
# Not screens of people at work: the sign-in library, the API, strangers' pages, the palette itself, first steps.
_OTHERS = ("/accounts/", "/api/", "/status/", "/palette", "/sign-in/", "/views/")


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if "<" in path or "^" in path:
            continue
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


def test_the_palette_reaches_every_screen() -> None:
    ada = get_user_model().objects.create_user("ada@example.org", name="Ada", roles=[role.value for role in Role])
    client = Client()
    client.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    screens = {path for path in _addresses(get_resolver()) if not path.startswith(_OTHERS)}
    reached = {row.url.partition("?")[0].partition("#")[0] for row in palette(actor_of(str(ada.id)), "", limit=1000)}
    missing = []
    for path in sorted(screens - reached):
        answer = client.get(path)
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            missing.append(path)
    assert missing == [], "register them with `register_palette` in the screen's urls.py"
