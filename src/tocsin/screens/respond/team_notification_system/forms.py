"""Whom to call, and what those called may answer: shapes of input only, the commands decide."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.incidents.queries import TeamTemplateView
from tocsin.domain.oncall.queries import OnCallView
from tocsin.ui.forms import InstantField, ScreenForm


class ActivateForm(ScreenForm):
    """A template, teams, schedules, people and what to tell them."""

    template = forms.ChoiceField(label="Response team", required=False)
    teams = forms.MultipleChoiceField(label="Teams", required=False, widget=forms.CheckboxSelectMultiple)
    schedules = forms.MultipleChoiceField(
        label="Whoever is on call by", required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.MultipleChoiceField(label="People", required=False, widget=forms.CheckboxSelectMultiple)
    message = forms.CharField(
        label="What to tell them",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands in the page. Without it they read the title of the incident.",
    )

    def __init__(
        self,
        *args: Any,
        templates: Iterable[TeamTemplateView],
        teams: Iterable[TeamView],
        people: Iterable[PersonView],
        on_call: Iterable[OnCallView],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        duty: dict[str, list[str]] = {}
        schedules: dict[str, str] = {}
        for shift in on_call:
            duty.setdefault(shift.person_id, []).append(shift.schedule)
            schedules[shift.schedule_id] = f"{shift.schedule}: {shift.person or 'nobody now'}"
        ordered = sorted(people, key=lambda person: person.id not in duty)
        choices = {
            "template": [("", "None"), *((t.id, t.name) for t in templates)],
            "teams": [(t.id, f"{t.name} ({len(t.member_ids)})") for t in teams if t.member_ids],
            "schedules": list(schedules.items()),
            "people": [
                (p.id, f"{p.name}, on call: {', '.join(duty[p.id])}" if p.id in duty else p.name) for p in ordered
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def chosen(self) -> Mapping[str, Any]:
        """What is chosen now, valid or not, or what the form starts with."""
        if self.is_bound:
            self.is_valid()
            return self.cleaned_data
        return self.initial


class DeclineForm(ScreenForm):
    """Why one cannot come, and from when one can."""

    reason = forms.CharField(label="Reason", required=False, max_length=1000)
    come_at = InstantField(label="I can come at", required=False)


class StandDownForm(ScreenForm):
    """A word to those who may rest."""

    note = forms.CharField(
        label="Word to them", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
