"""What the shell needs of the settings, said at start instead of found out by a stranger. Changes nothing."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.urls import NoReverseMatch, reverse


def templates_come_first(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[checks.CheckMessage]:
    """Our sign-in pages replace the library's only when our app is listed before it."""
    apps = list(settings.INSTALLED_APPS)
    if "allauth" not in apps or apps.index("tocsin.ui") < apps.index("allauth"):
        return []
    return [checks.Warning("'tocsin.ui' stands after 'allauth' in INSTALLED_APPS; put it first.", id="ui.W001")]


def palette_has_an_address(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[checks.CheckMessage]:
    """Without the shell's own routes the search field leads nowhere."""
    try:
        reverse("ui_palette")
    except NoReverseMatch:
        return [checks.Warning("The routes of 'tocsin.ui.urls' are not included; add them to the urls.", id="ui.W002")]
    return []
