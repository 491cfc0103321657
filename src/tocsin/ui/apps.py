"""The app's name for Django. Hides nothing else."""

from django.apps import AppConfig

from tocsin.ui.find import hits
from tocsin.ui.shell import register_search


class UiConfig(AppConfig):
    """Page shell, components and static files."""

    name = "tocsin.ui"
    label = "ui"

    def ready(self) -> None:
        """Let the palette find what the rooms put into the search index."""
        register_search(hits)
