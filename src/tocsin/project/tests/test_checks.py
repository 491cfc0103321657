"""System checks name what is wrong with an installation and how to mend it."""

import pytest
from django.conf import LazySettings

from tocsin.project import checks


def test_a_short_secret_key_is_an_error(settings: LazySettings) -> None:
    settings.SECRET_KEY = "short"
    assert [m.id for m in checks.secret_key_is_long_enough(None)] == ["tocsin.E001"]
    settings.SECRET_KEY = "x" * 43
    assert not checks.secret_key_is_long_enough(None)


@pytest.mark.parametrize("url", ["tocsin.example.org", "ftp://example.org", "https://example.org/tocsin", ""])
def test_a_url_that_is_no_origin_is_an_error(url: str, settings: LazySettings) -> None:
    settings.PUBLIC_URL = url
    assert [m.id for m in checks.url_is_an_origin(None)] == ["tocsin.E002"]


@pytest.mark.parametrize("url", ["https://tocsin.example.org", "http://localhost:8099"])
def test_passkeys_need_https_or_localhost(url: str, settings: LazySettings) -> None:
    settings.PUBLIC_URL = url
    assert not checks.url_is_an_origin(None)
    assert not checks.passkeys_have_a_secure_origin(None)
    settings.PUBLIC_URL = "http://192.0.2.1:8099"
    assert [m.id for m in checks.passkeys_have_a_secure_origin(None)] == ["tocsin.W003"]


def test_missing_mail_is_a_warning_and_wrong_mail_an_error(settings: LazySettings) -> None:
    settings.MAIL_URL = ""
    assert [m.id for m in checks.mail_is_configured(None)] == ["tocsin.W004"]
    settings.MAIL_URL = "mail.example.org"
    assert [m.id for m in checks.mail_is_configured(None)] == ["tocsin.E004"]
    settings.MAIL_URL = "smtps://user:secret@mail.example.org"
    assert not checks.mail_is_configured(None)


@pytest.mark.django_db
def test_a_log_that_can_be_changed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not checks.database_answers(None, databases=["default"])
    monkeypatch.setattr(checks, "missing_triggers", lambda: ["entry_no_update"])
    found = checks.database_answers(None, databases=["default"])
    assert [message.id for message in found] == ["tocsin.E006"]
    assert "entry_no_update" in found[0].msg
