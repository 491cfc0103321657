"""The room of being on call, as Django knows it."""

from tocsin.core.rooms import RoomConfig


class OncallConfig(RoomConfig):
    """Schedules, escalation policies and pages."""

    name = "tocsin.domain.oncall"
    label = "oncall"
    verbose_name = "On call"
