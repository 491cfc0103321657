"""The only writers of this room. Commands of people come first; `accept`, `fold` and the sweeps are the engine's."""

from tocsin.domain.alerts.commands.accepting import accept, bury_accepted
from tocsin.domain.alerts.commands.folding import fold
from tocsin.domain.alerts.commands.handling import acknowledge_alert, assign_group_service, resolve_alert
from tocsin.domain.alerts.commands.integrations import (
    Connected,
    add_integration,
    change_integration,
    checks_integration,
    end_test_alert,
    remove_integration,
    rotate_key,
    send_test_alert,
)
from tocsin.domain.alerts.commands.routes import remove_route, reorder_routes, save_route
from tocsin.domain.alerts.commands.silences import add_silence, expire_silence
from tocsin.domain.alerts.commands.sweeping import apply_silences, expire_alerts, flush_group, watch_sources

__all__ = [
    "Connected",
    "accept",
    "acknowledge_alert",
    "add_integration",
    "add_silence",
    "apply_silences",
    "assign_group_service",
    "bury_accepted",
    "change_integration",
    "checks_integration",
    "end_test_alert",
    "expire_alerts",
    "expire_silence",
    "flush_group",
    "fold",
    "remove_integration",
    "remove_route",
    "reorder_routes",
    "resolve_alert",
    "rotate_key",
    "save_route",
    "send_test_alert",
    "watch_sources",
]
