"""The form of an incident template: a shape of input only, the command decides."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.triage.queries import IncidentTemplateView
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid
from tocsin.ui.forms import Levels, ScreenForm, bare

FIND = "find"
_DUE = re.compile(r"^(.*?)(?:, in (.+))?$")


class TemplateForm(ScreenForm):
    """Everything of a template on one page."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="Name of the template", max_length=80, help_text="Like: Card payments fail.")
    title = forms.CharField(label="Title of the incident", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=[(k.value, k.words) for k in Kind], widget=Levels)
    severity = forms.ChoiceField(label="Severity", choices=[(s.value, s.word) for s in Severity], widget=Levels)
    services = forms.MultipleChoiceField(label="Affected services", required=False, widget=forms.CheckboxSelectMultiple)
    summary = forms.CharField(label="What is known", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    tasks = forms.CharField(
        label="Tasks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One a line. With a time: Call the bank, in 30m",
    )
    message = forms.CharField(
        label="First message", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Into the timeline."
    )

    def __init__(
        self, *args: Any, services: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = list(services)  # type: ignore[attr-defined]
        offered = [("", "Not needed"), (FIND, "Somebody is to be found"), *people]
        for role in RoleName:
            self.fields[f"role_{role.value}"] = forms.ChoiceField(
                label=role_words(role.value),
                choices=offered,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean_tasks(self) -> list[tuple[str, int]]:
        """Titles with minutes until due."""
        return [_task(line.strip()) for line in self.cleaned_data["tasks"].splitlines() if line.strip()]

    def said(self) -> dict[str, Any]:
        """What the command takes."""
        given = self.cleaned_data
        names = ("name", "title", "kind", "severity", "services", "summary", "tasks", "message")
        roles = [(role.value, given[f"role_{role.value}"]) for role in RoleName]
        return {
            **{name: given[name] for name in names},
            "roles": [(role, "" if who == FIND else who) for role, who in roles if who],
        }


def _task(line: str) -> tuple[str, int]:
    found = _DUE.match(line)
    if found is None or not found[2]:
        return line, 0
    try:
        return found[1], max(1, int(parse_duration(found[2], field="tasks").total_seconds() // 60))
    except Invalid as refused:
        raise forms.ValidationError(f"'{line[:60]}': {bare(refused)}") from refused


def initial_of(view: IncidentTemplateView) -> dict[str, Any]:
    """What the form shows of a template that exists."""
    names = ("version", "name", "title", "kind", "severity", "summary", "message")
    return {
        **{name: getattr(view, name) for name in names},
        "services": [service.id for service in view.services],
        "tasks": "\n".join(f"{t.title}, in {t.minutes}m" if t.minutes else t.title for t in view.tasks),
        **{f"role_{role.role}": role.person_id or FIND for role in view.roles},
    }
