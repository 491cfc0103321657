"""The app's name for Django. Hides nothing else."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Page shell, components and static files."""

    name = "tocsin.ui"
    label = "ui"
