"""The tabs of the panel."""

from django.urls import reverse

from tocsin.ui.parts import Tab

_TABS = (
    ("classification", "Proposals"),
    ("classification_alerts", "Alerts"),
    ("classification_routes", "Routes"),
    ("classification_silences", "Silences"),
    ("classification_learned", "Learned"),
)


def tabs(current: str) -> list[Tab]:
    """All of them, the current one marked."""
    return [Tab(label, reverse(name), name == current) for name, label in _TABS]
