"""Addresses of the rules for alerts."""

from django.urls import path

from tocsin.screens.admin.alert_rules import inhibitions, maintenance, silences, unread
from tocsin.ui.shell import Action, register_actions, register_palette

_ROOT = "settings/alert-rules/"
_WORDS = "maintenance window planned work inhibition silence mute suppress dead letter unread signal"

register_palette(
    lambda actor: [
        Action("Alert rules", f"/{_ROOT}", "Settings", "bell-off", keywords=_WORDS),
        Action("Plan maintenance", f"/{_ROOT}maintenance/add/", "Do", "tool", keywords="window planned work mute"),
    ]
)

register_actions(
    Action("Inhibition rules", f"/{_ROOT}inhibitions/", "Settings", "bell-off", keywords="mute"),
    Action("Silences", f"/{_ROOT}silences/", "Settings", "bell-off", keywords="mute end extend"),
    Action("Signals that could not be read", f"/{_ROOT}unread/", "Settings", "mail-off", keywords="dead letters"),
)
register_actions(
    Action("Add an inhibition rule", f"/{_ROOT}inhibitions/add/", "Do", "bell-off"),
    roles=("commander", "administrator"),
)

urlpatterns = [
    path(_ROOT, maintenance.listing, name="alert_rules"),
    path(f"{_ROOT}maintenance/add/", maintenance.add, name="maintenance_add"),
    path(f"{_ROOT}maintenance/<uuid:window_id>/", maintenance.window, name="maintenance"),
    path(f"{_ROOT}maintenance/<uuid:window_id>/end/", maintenance.end, name="maintenance_end"),
    path(f"{_ROOT}maintenance/<uuid:window_id>/remove/", maintenance.remove, name="maintenance_remove"),
    path(f"{_ROOT}inhibitions/", inhibitions.listing, name="inhibitions"),
    path(f"{_ROOT}inhibitions/add/", inhibitions.add, name="inhibition_add"),
    path(f"{_ROOT}inhibitions/<uuid:inhibition_id>/", inhibitions.inhibition, name="inhibition"),
    path(f"{_ROOT}inhibitions/<uuid:inhibition_id>/remove/", inhibitions.remove, name="inhibition_remove"),
    path(f"{_ROOT}silences/", silences.listing, name="silences"),
    path(f"{_ROOT}silences/<uuid:silence_id>/", silences.silence, name="silence"),
    path(f"{_ROOT}silences/<uuid:silence_id>/end/", silences.end, name="silence_end"),
    path(f"{_ROOT}unread/", unread.listing, name="unread_signals"),
    path(f"{_ROOT}unread/<int:letter_id>/", unread.signal, name="unread_signal"),
    path(f"{_ROOT}unread/<int:letter_id>/retry/", unread.retry, name="unread_signal_retry"),
]
