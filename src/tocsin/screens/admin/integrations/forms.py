"""Forms of sources: shapes of input only, commands decide."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.screens.admin.integrations.kinds import choices
from tocsin.ui.forms import DurationField, Levels, ScreenForm


class ChangeForm(ScreenForm):
    """What can be changed of a source."""

    name = forms.CharField(label="Name", help_text="As people call it: Prometheus in Lisbon.")
    service = forms.ChoiceField(
        label="Service",
        required=False,
        help_text="Its alerts are about this service and page whoever is on call for it. A route may say otherwise.",
    )
    every = DurationField(
        label="Speaks every",
        required=False,
        help_text="How often it sends something when all is well, like 1m. Twice missed, somebody is told that it is "
        "silent. Leave it empty when it has no rhythm.",
    )

    def __init__(self, *args: Any, services: Iterable[ServiceView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(service.id, service.name) for service in services]
        self.fields["service"].choices = [("", "None: routes decide"), *named]  # type: ignore[attr-defined]

    def clean_service(self) -> str | None:
        """None when no service was chosen."""
        return self.cleaned_data["service"] or None


class AddForm(ChangeForm):
    """A new source."""

    kind = forms.ChoiceField(label="What sends the alerts", widget=forms.RadioSelect)
    field_order = ("kind", "name", "service", "every")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = choices()  # type: ignore[attr-defined]


class TestForm(ScreenForm):
    """How bad the test alert says it is."""

    severity = forms.ChoiceField(
        label="Severity",
        widget=Levels,
        initial=Severity.CRITICAL.value,
        choices=[(s.value, s.word) for s in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)],
        help_text="Critical and High page at once, day or night. It resolves by itself after 5 min.",
    )
