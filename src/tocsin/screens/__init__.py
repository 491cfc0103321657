"""Screens, one folder each, named after the screen of product.md. Adding the folder is enough."""

from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, URLResolver

_HERE = Path(__file__).parent


def folders() -> list[str]:
    """Dotted names of all screens, sorted: every `screens/<stage>/<screen>/` that has a `urls.py`."""
    return sorted(f"{__name__}.{p.parent.parent.name}.{p.parent.name}" for p in _HERE.glob("*/*/urls.py"))


def discover() -> list[URLPattern | URLResolver]:
    """The `urlpatterns` of every screen."""
    return [pattern for name in folders() for pattern in import_module(f"{name}.urls").urlpatterns]
