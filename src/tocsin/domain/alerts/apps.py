"""How the room of alerts joins Django."""

from tocsin.core.rooms import RoomConfig


class AlertsConfig(RoomConfig):
    """Integrations, alerts, groups, routes and silences."""

    name = "tocsin.domain.alerts"
    label = "alerts"
