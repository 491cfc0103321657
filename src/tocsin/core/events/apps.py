"""Registers the event log with Django and has its triggers installed after every migrate."""

from django.db.models.signals import post_migrate

from tocsin.core.rooms import RoomConfig


class EventsConfig(RoomConfig):
    """The event log."""

    name = "tocsin.core.events"
    label = "events"

    def ready(self) -> None:
        """Connect the guard; register the workers of checkpoints and verification."""
        from tocsin.core.events import checkpoints, guard, verifying  # noqa: F401  (models exist only now)

        post_migrate.connect(guard.install_triggers, sender=self)
        super().ready()
