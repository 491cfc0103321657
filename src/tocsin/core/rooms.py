"""How a room of the house joins Django: its event types, reactions and jobs are known once it is loaded."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

_PARTS = ("permissions", "events", "gates", "subscribers", "workers")


class RoomConfig(AppConfig):
    """AppConfig of a room. Imports the room's registering modules, those that exist, when Django is ready."""

    default_auto_field = "django.db.models.BigAutoField"
    default = False

    def __init_subclass__(cls) -> None:
        # Django must choose the room's own class, not this base that its apps.py imports.
        cls.default = True

    def ready(self) -> None:
        """Register the room's event types, access gates, reactions and jobs."""
        for part in _PARTS:
            if find_spec(f"{self.name}.{part}") is not None:
                import_module(f"{self.name}.{part}")
