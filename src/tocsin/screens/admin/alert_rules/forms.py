"""Forms of the rules for alerts: shapes of input only, commands decide."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms

from tocsin.domain.alerts.queries import InhibitionView, MaintenanceView
from tocsin.domain.catalog.queries import ServiceView
from tocsin.kernel.business_time import wall_instant, zone_names
from tocsin.ui.forms import DurationField, ScreenForm

_MONTHLY = "monthly-weekday"
REPEATS = (
    ("", "Once"),
    ("FREQ=DAILY", "Every day"),
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "Monday to Friday"),
    ("FREQ=WEEKLY", "Every week, on that day"),
    ("FREQ=WEEKLY;INTERVAL=2", "Every other week, on that day"),
    (_MONTHLY, "Every month, on that weekday (such as the second Tuesday)"),
    ("custom", "By a rule of my own"),
)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIELDS = ("name", "services", "matchers", "lasts", "zone", "critical_pages", "comment", "rule")


class WindowForm(ScreenForm):
    """One maintenance window."""

    name = forms.CharField(label="What is worked on", max_length=120, help_text="Like: Move the database.")
    services = forms.MultipleChoiceField(label="Services", required=False, widget=forms.CheckboxSelectMultiple)
    matchers = forms.CharField(
        label="Alerts with",
        required=False,
        help_text='Like cluster="eu", instance=~"db-.*". With services chosen as well, both must hold.',
    )
    starts = forms.CharField(
        label="Starts",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="As a clock shows it in the time zone below.",
    )
    lasts = DurationField(label="Lasts", initial=timedelta(hours=1))
    zone = forms.ChoiceField(label="Time zone")
    repeats = forms.ChoiceField(label="Repeats", required=False, choices=REPEATS)
    rule = forms.CharField(
        label="Rule",
        required=False,
        max_length=180,
        help_text="Only for a rule of your own, as in calendars: FREQ=MONTHLY;BYDAY=1SU;UNTIL=20271231T235959",
    )
    critical_pages = forms.BooleanField(
        label="Page for Critical alerts anyway", required=False, help_text="Also for those of unknown severity."
    )
    comment = forms.CharField(label="Comment", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, services: Iterable[ServiceView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = [(service.id, service.name) for service in services]  # type: ignore[attr-defined]
        self.fields["zone"].choices = [(name, name) for name in zone_names()]  # type: ignore[attr-defined]

    def clean_starts(self) -> datetime:
        """The time on the wall."""
        try:
            return datetime.fromisoformat(self.cleaned_data["starts"]).replace(tzinfo=None)
        except ValueError as error:
            raise forms.ValidationError("Choose a date and a time, like 2027-01-16 22:00.") from error

    def said(self) -> dict[str, Any]:
        """What the command takes."""
        given = self.cleaned_data
        rule = {"custom": given["rule"], _MONTHLY: _monthly(given["starts"])}.get(given["repeats"], given["repeats"])
        return {
            **{name: given[name] for name in _FIELDS},
            "rule": rule,
            "starts_at": wall_instant(given["zone"], given["starts"]),
        }


def initial_of(window: MaintenanceView) -> dict[str, Any]:
    """What the form shows of a window that exists."""
    known = {value for value, _ in REPEATS}
    return {
        "name": window.name,
        "services": [id_ for id_, _ in window.services],
        "matchers": window.matchers,
        "starts": window.first.strftime("%Y-%m-%dT%H:%M"),
        "lasts": window.lasts,
        "zone": window.zone,
        "repeats": window.rule if window.rule in known else "custom",
        "rule": "" if window.rule in known else window.rule,
        "critical_pages": window.critical_pages,
        "comment": window.comment,
    }


def _monthly(first: datetime) -> str:
    return f"FREQ=MONTHLY;BYDAY={(first.day - 1) // 7 + 1}{_DAYS[first.weekday()]}"


class InhibitionForm(ScreenForm):
    """One inhibition."""

    name = forms.CharField(label="Name", max_length=120, help_text="Like: A host that is down explains its services.")
    source = forms.CharField(
        label="While an alert fires with", help_text='Like alertname="HostDown". All matchers must hold.'
    )
    target = forms.CharField(
        label="These alerts page nobody", help_text='Like severity=~"warning|info", alertname!="HostDown".'
    )
    equal = forms.CharField(
        label="Only where these labels are the same",
        required=False,
        help_text="Names of labels, with commas: cluster, instance. Without any, one such alert quiets all of them.",
    )
    enabled = forms.BooleanField(label="Enabled", required=False, initial=True)

    def clean_equal(self) -> list[str]:
        """Names of labels."""
        return [name.strip() for name in self.cleaned_data["equal"].split(",") if name.strip()]


def initial_of_inhibition(view: InhibitionView) -> dict[str, Any]:
    """What the form shows of an inhibition that exists."""
    return {
        "name": view.name,
        "source": view.source,
        "target": view.target,
        "equal": ", ".join(view.equal),
        "enabled": view.enabled,
    }


class ExtendForm(ScreenForm):
    """How much longer a silence lasts."""

    by = DurationField(label="Extend by", initial=timedelta(hours=2))
    comment = forms.CharField(label="Comment", required=False, help_text="Leave it empty to keep the one there is.")


class DiscardForm(ScreenForm):
    """Why a signal can be thrown away."""

    reason = forms.CharField(label="Reason", help_text="It is kept in the log; the signal is not.")
