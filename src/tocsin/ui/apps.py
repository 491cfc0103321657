"""The app's name for Django. Hides nothing else."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from tocsin.ui.checks import palette_has_an_address, templates_come_first
from tocsin.ui.find import hits
from tocsin.ui.shell import register_search


class UiConfig(AppConfig):
    """Page shell, components and static files."""

    name = "tocsin.ui"
    label = "ui"

    def ready(self) -> None:
        """Let the palette find what the rooms put into the search index, and check the settings."""
        register_search(hits)
        register(templates_come_first, Tags.templates)
        register(palette_has_an_address, Tags.urls)
