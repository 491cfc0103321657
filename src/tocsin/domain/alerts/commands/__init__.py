"""The only writers of this room. Commands of people come first; `accept`, `fold` and the sweeps are the engine's."""

from tocsin.domain.alerts.commands.accepting import accept, bury_accepted
from tocsin.domain.alerts.commands.burying import discard_signal, retry_signal
from tocsin.domain.alerts.commands.folding import fold, waiting_shards
from tocsin.domain.alerts.commands.handling import acknowledge_alert, assign_group_service, resolve_alert
from tocsin.domain.alerts.commands.inhibitions import remove_inhibition, save_inhibition
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
from tocsin.domain.alerts.commands.maintenance import (
    end_maintenance,
    remove_maintenance,
    save_maintenance,
    turn_window,
)
from tocsin.domain.alerts.commands.routes import enable_route, remove_route, reorder_routes, save_route
from tocsin.domain.alerts.commands.silences import add_silence, expire_silence
from tocsin.domain.alerts.commands.sweeping import (
    apply_mutes,
    expire_alerts,
    find_unjustly_told,
    flush_group,
    forget_intake,
    look_again,
    watch_sources,
)
from tocsin.domain.alerts.commands.unreal import remove_unreal

__all__ = [
    "Connected",
    "accept",
    "acknowledge_alert",
    "add_integration",
    "add_silence",
    "apply_mutes",
    "assign_group_service",
    "bury_accepted",
    "change_integration",
    "checks_integration",
    "discard_signal",
    "enable_route",
    "end_maintenance",
    "end_test_alert",
    "expire_alerts",
    "expire_silence",
    "find_unjustly_told",
    "flush_group",
    "fold",
    "forget_intake",
    "look_again",
    "remove_inhibition",
    "remove_integration",
    "remove_maintenance",
    "remove_route",
    "remove_unreal",
    "reorder_routes",
    "resolve_alert",
    "retry_signal",
    "rotate_key",
    "save_inhibition",
    "save_maintenance",
    "save_route",
    "send_test_alert",
    "turn_window",
    "waiting_shards",
    "watch_sources",
]
