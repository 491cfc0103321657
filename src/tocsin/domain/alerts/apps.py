"""How the room of alerts joins Django."""

from functools import partial

from django.db.models.signals import post_migrate

from tocsin.core.rooms import RoomConfig


class AlertsConfig(RoomConfig):
    """Integrations, alerts, groups, routes and silences."""

    name = "tocsin.domain.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Connect the installation of the index that finds alerts by parts of their titles."""
        from tocsin.core.search.dialect import install_parts_index  # models exist only now

        post_migrate.connect(partial(install_parts_index, "alerts_alert", "title"), sender=self, weak=False)
        super().ready()
