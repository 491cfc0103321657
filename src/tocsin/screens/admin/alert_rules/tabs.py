"""The four lists of alert rules as tabs above each."""

from django.urls import reverse

from tocsin.domain.alerts.permissions import CONNECT
from tocsin.kernel.actor import Actor
from tocsin.ui.parts import Tab

_LISTS = (
    ("alert_rules", "Maintenance"),
    ("inhibitions", "Inhibitions"),
    ("silences", "Silences"),
    ("unread_signals", "Unread signals"),
)


def tabs(actor: Actor, current: str) -> list[Tab]:
    """Those that this person may open."""
    shown = [(name, title) for name, title in _LISTS if name != "unread_signals" or actor.has(CONNECT)]
    return [Tab(title, reverse(name), name == current) for name, title in shown]
