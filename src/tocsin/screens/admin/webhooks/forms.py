"""Forms of outgoing webhooks: shapes of input only, commands decide."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.ui.forms import ScreenForm

ROOMS = {
    "incidents": "Incidents: declared, confirmed, sized, told, resolved, closed",
    "alerts": "Alerts: groups opened, grown, quiet; silences, routes, sources",
    "oncall": "On call: pages, answers, escalations, schedules",
    "monitoring": "Checks: failed and recovered",
    "catalog": "Services: added, changed, removed",
    "knowledge": "Reports and reviews",
    "statuspage": "Status page: incidents, updates, maintenance",
}


class WebhookForm(ScreenForm):
    """Where to post, and which events."""

    name = forms.CharField(label="Name", max_length=80, help_text="What receives the events: Data lake, Ticket robot.")
    url = forms.CharField(
        label="Address",
        widget=forms.URLInput(attrs={"placeholder": "https://example.org/hook"}),
        help_text="Each event is posted there as JSON, signed. Private addresses need TOCSIN_OUTGOING_ALLOW.",
    )
    rooms = forms.MultipleChoiceField(label="Events", required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label="Or single events",
        required=False,
        help_text="Names with spaces between, like incidents.declared incidents.resolved; * for all.",
    )

    def __init__(self, *args: Any, known: Iterable[str], types: Iterable[str] = (), **kwargs: Any) -> None:
        wishes = list(types)
        initial = {
            "rooms": [wish.removesuffix(".*") for wish in wishes if wish.endswith(".*")],
            "others": " ".join(wish for wish in wishes if not wish.endswith(".*")),
        }
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        rooms = {name.partition(".")[0] for name in known}
        choices = [(room, words) for room, words in ROOMS.items() if room in rooms]
        self.fields["rooms"].choices = choices  # type: ignore[attr-defined]

    def wishes(self) -> list[str]:
        """As the command takes them."""
        given = self.cleaned_data
        return [*(f"{room}.*" for room in given["rooms"]), *given["others"].replace(",", " ").split()]
