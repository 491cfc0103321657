"""The index of settings as browsers meet it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tocsin.domain.accounts import commands as accounts
from tocsin.kernel.actor import Role, system
from tocsin.screens.admin.settings.views import ENTRIES

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    made = accounts.add_person(system("test"), email=f"{role}@example.org", name="Ada", roles=[role])
    client = Client()
    client.force_login(get_user_model().objects.get(id=made), "django.contrib.auth.backends.ModelBackend")
    return client


def test_every_settings_screen_is_linked_and_each_link_opens() -> None:
    admin = signed_in(Role.ADMINISTRATOR)
    page = admin.get("/settings/")
    assert len(page.context["entries"]) == len(ENTRIES)
    assert {admin.get(url).status_code for _, url in page.context["entries"]} == {200}


def test_tokens_are_for_administrators_and_strangers_sign_in_first() -> None:
    listed = [entry.name for entry, _ in signed_in(Role.VIEWER).get("/settings/").context["entries"]]
    assert "tokens" not in listed
    assert Client().get("/settings/")["Location"].startswith("/accounts/login/")
