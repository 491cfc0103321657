"""The form of a check: what every kind has, and the expectations of the chosen one. Commands decide."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.monitoring.ports import HEARTBEAT, Expectation, probes
from tocsin.domain.monitoring.queries import CheckView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import DurationField, Levels, ScreenForm, style

GRACE = Expectation("grace", "May be late by", "Like 10m; a fifth of the interval when left empty.")
_FIRST = 2
"""So many expectations of a kind stand in the open, the rest among the fine settings."""
_FINE = {"timeout", "fail_after", "recover_after"}
_SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def expectations(kind: str) -> tuple[Expectation, ...]:
    """What can be demanded of a kind."""
    return (GRACE,) if kind == HEARTBEAT else probes()[kind].expectations


class CheckForm(ScreenForm):
    """A new check, or one to change."""

    name = forms.CharField(label="Name", max_length=120, help_text="As the alert will say it: Checkout page.")
    target = forms.CharField(label="Target")
    service_id = forms.ChoiceField(
        label="Service",
        required=False,
        help_text="When the check fails, whoever is on call for this service is paged.",
    )
    severity = forms.ChoiceField(
        label="Severity of its alert",
        widget=Levels,
        initial="high",
        choices=[(s.value, s.word) for s in _SEVERITIES],
        help_text="Critical and High wake someone.",
    )
    interval = DurationField(label="Every", initial=timedelta(seconds=30))
    timeout = DurationField(label="Time limit", initial=timedelta(seconds=10))
    fail_after = forms.IntegerField(
        label="Fails after", initial=2, min_value=1, max_value=20, help_text="Wrong answers in a row."
    )
    recover_after = forms.IntegerField(
        label="Well after", initial=2, min_value=1, max_value=20, help_text="Right answers in a row."
    )

    def __init__(self, *args: Any, kind: str, services: Iterable[ServiceView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        named = [(service.id, service.name) for service in services]
        self.fields["service_id"].choices = [("", "None: routes decide"), *named]  # type: ignore[attr-defined]
        if kind == HEARTBEAT:
            for name in ("target", "timeout", "fail_after", "recover_after"):
                del self.fields[name]
            self.fields["interval"].initial = timedelta(days=1)
            self.fields["interval"].help_text = "How often the job runs."
        else:
            self.fields["target"].help_text = f"Like {probes()[kind].target_label}."
        self.wanted = expectations(kind)
        for wanted in self.wanted:
            self.fields[wanted.name] = _field(wanted)
            style(self.fields[wanted.name])
        first = [w.name for w in self.wanted[:_FIRST]]
        self.order_fields(["name", "target", *first, "service_id", "severity", "interval"])

    @property
    def first(self) -> list[BoundField]:
        """What most people fill in."""
        return [bound for bound in self if bound.name not in self._fine]

    @property
    def fine(self) -> list[BoundField]:
        """What has a good value already."""
        return [bound for bound in self if bound.name in self._fine]

    @property
    def fine_open(self) -> bool:
        """True when one of the fine ones is at fault or differs from what it begins with."""
        return self.is_bound and (any(bound.errors for bound in self.fine) or bool({*self.changed_data} & self._fine))

    @property
    def _fine(self) -> set[str]:
        return _FINE | {wanted.name for wanted in self.wanted[_FIRST:]}

    def clean_service_id(self) -> str | None:
        """None when no service was chosen."""
        return self.cleaned_data["service_id"] or None

    def wishes(self) -> dict[str, Any]:
        """The fields of the command."""
        given = dict(self.cleaned_data)
        expect = {wanted.name: given.pop(wanted.name) for wanted in self.wanted}
        return {**given, "expect": expect}


def _field(wanted: Expectation) -> forms.Field:
    shared: dict[str, Any] = {"label": wanted.label, "help_text": wanted.help, "initial": wanted.initial}
    if wanted.kind == "choice":
        return forms.ChoiceField(choices=wanted.choices, required=False, **shared)
    numeric = {"inputmode": "numeric"} if wanted.kind == "number" else {}
    return forms.CharField(required=False, widget=forms.TextInput(attrs=numeric), **shared)


def written(view: CheckView) -> Mapping[str, Any]:
    """A check as the form shows it for changing."""
    expect = dict(view.expect)
    if view.kind == HEARTBEAT:
        expect["grace"] = f"{expect.get('grace', 60)}s"
    return {
        "name": view.name,
        "target": view.target,
        "service_id": view.service_id or "",
        "severity": view.severity,
        "interval": view.interval,
        "timeout": view.timeout,
        "fail_after": view.fail_after,
        "recover_after": view.recover_after,
        **expect,
    }
