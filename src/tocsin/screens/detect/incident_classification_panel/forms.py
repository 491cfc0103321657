"""Forms of triage, routes and silences: shapes of input only, commands decide."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms

from tocsin.domain.catalog.queries import ServiceView
from tocsin.domain.incidents.queries import IncidentRow, LinkedGroup, ProposalView
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.queries import PolicyView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import DurationField, Levels, ScreenForm

KINDS = [(kind.value, kind.words) for kind in Kind]
SEVERITIES = [(severity.value, severity.word) for severity in Severity]
_REASON: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 2}), "max_length": 2000}


class ConfirmForm(ScreenForm):
    """It is an incident, perhaps of another kind or size."""

    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    severity = forms.ChoiceField(label="Severity", choices=SEVERITIES, widget=Levels)
    reason = forms.CharField(
        label="Reason", required=False, help_text="Needed when the severity is not the proposed one.", **_REASON
    )


class DismissForm(ScreenForm):
    """It is no incident."""

    reason = forms.CharField(label="Reason", help_text="Why it needs nobody.", **_REASON)


class MergeForm(ScreenForm):
    """It is the same trouble as another."""

    into = forms.ChoiceField(label="The same as", widget=forms.RadioSelect)
    reason = forms.CharField(label="Reason", required=False, **_REASON)

    def __init__(self, *args: Any, proposal: ProposalView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [(row.id, _named(row)) for row in proposal.merge_into]  # type: ignore[attr-defined]


def _named(row: IncidentRow) -> str:
    """An incident to choose: reference, title, severity and services."""
    services = ", ".join(service.name for service in row.services)
    return f"{row.reference} {row.title} ({Severity(row.severity).word}{f', {services}' if services else ''})"


class SplitForm(ScreenForm):
    """Some of its alerts or services are other trouble."""

    group_ids = forms.MultipleChoiceField(label="Alerts that go", required=False, widget=forms.CheckboxSelectMultiple)
    services = forms.MultipleChoiceField(
        label="Services that go",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Those of the chosen alerts go anyway. The history stays; both incidents name each other.",
    )
    title = forms.CharField(
        label="Title of the new incident", required=False, help_text="Left empty: what the first alert that goes says."
    )
    reason = forms.CharField(label="Reason", required=False, **_REASON)

    def __init__(self, *args: Any, proposal: ProposalView, counted: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {group.group_id: group.title for group in proposal.groups}
        self.fields["group_ids"].choices = [(g.group_id, _counted(g, counted)) for g in proposal.groups]  # type: ignore[attr-defined]
        self.fields["services"].choices = [(s.id, s.name) for s in proposal.row.services]  # type: ignore[attr-defined]
        for name in ("group_ids", "services"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Without a title: that of the first group that goes."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        going = said.get("group_ids") or [""]
        return {**said, "title": said.get("title") or self.titles.get(going[0], "")}


def _counted(group: LinkedGroup, counted: Mapping[str, str]) -> str:
    """A group to choose: its title, how many alerts it holds, from where."""
    return ", ".join(part for part in (group.title, counted.get(group.group_id, ""), group.integration) if part)


class SilenceForm(ScreenForm):
    """Alerts that page nobody for a while."""

    matchers = forms.CharField(
        label="Alerts with", help_text='Like alertname="DiskFull", instance=~"db-.*". All must hold.'
    )
    lasts = DurationField(label="For", initial=timedelta(hours=2))
    comment = forms.CharField(label="Comment", help_text="Why, so that others know.")


class RouteForm(ScreenForm):
    """Alerts that meet the matchers go to a service, a policy, or both."""

    name = forms.CharField(label="Name", max_length=120)
    matchers = forms.CharField(label="Alerts with", help_text='Like team="web", severity=~"critical|high".')
    service = forms.ChoiceField(label="Go to", required=False)
    policy_id = forms.ChoiceField(
        label="Page by", required=False, help_text="Another policy than the one of the service."
    )
    group_by = forms.CharField(
        label="One group for each", required=False, initial="alertname", help_text="Names of labels, with commas."
    )
    continues = forms.BooleanField(label="Let the next route that matches have them as well", required=False)

    def __init__(
        self, *args: Any, services: Iterable[ServiceView], policies: Iterable[PolicyView], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [("", "No service"), *((s.id, s.name) for s in services)]  # type: ignore[attr-defined]
        self.fields["policy_id"].choices = [  # type: ignore[attr-defined]
            ("", "The policy of the service"),
            *((p.id, p.name) for p in policies),
        ]

    def clean_group_by(self) -> list[str]:
        """The names, without empty ones."""
        return [name.strip() for name in self.cleaned_data["group_by"].split(",") if name.strip()]
