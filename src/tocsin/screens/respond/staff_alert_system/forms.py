"""Writing a staff alert: shape of the input only, the command decides."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.oncall.queries import OnCallView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Role
from tocsin.ui.forms import DurationField, InstantField, Levels, ScreenForm

_BOXES = forms.CheckboxSelectMultiple
_AUDIENCE = ("everyone", "on_call", "teams", "roles", "sites", "schedules", "people")


class AlertForm(ScreenForm):
    """What to say, to whom, what to ask, and how often."""

    title = forms.CharField(label="Short text", max_length=120, help_text="All that a text message or a call says.")
    text = forms.CharField(
        label="Long text",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For mail and the page behind the link.",
    )
    severity = forms.ChoiceField(
        label="Severity",
        widget=Levels,
        choices=[(s.value, s.word) for s in Severity if s is not Severity.UNKNOWN],
        initial="high",
        help_text="Critical and High wake people; Medium and Low do not.",
    )
    question = forms.CharField(
        label="Question",
        required=False,
        max_length=200,
        help_text="Without one, people confirm that they have read it.",
    )
    answers = forms.CharField(
        label="Answers to choose from",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, two to four: I am safe, I need help.",
    )
    everyone = forms.BooleanField(label="Everyone", required=False)
    on_call = forms.BooleanField(label="Everyone who is on call now", required=False)
    teams = forms.MultipleChoiceField(label="Teams", required=False, widget=_BOXES)
    sites = forms.MultipleChoiceField(label="Sites", required=False, widget=_BOXES)
    roles = forms.MultipleChoiceField(label="Roles", required=False, widget=_BOXES)
    schedules = forms.MultipleChoiceField(label="Whoever is on call by", required=False, widget=_BOXES)
    people = forms.MultipleChoiceField(label="People", required=False, widget=_BOXES)
    every = DurationField(label="Ask again every", required=False, help_text="Those who have not answered. Like 5m.")
    most = forms.IntegerField(label="At most how often in all", min_value=1, max_value=20, initial=3)
    practice = forms.BooleanField(label="This is a drill: the message says so", required=False)
    repeat_weeks = forms.IntegerField(
        label="Comes again every so many weeks",
        required=False,
        min_value=1,
        max_value=52,
        help_text="Only a drill, at the same hour, until you stop it. Empty: once.",
    )
    at = InstantField(label="Send at", required=False, help_text="Empty: now.")
    incident = forms.CharField(label="About the incident", required=False, help_text="Like INC-42.")

    def __init__(
        self,
        *args: Any,
        teams: Iterable[TeamView],
        sites: Iterable[tuple[str, int]],
        people: Iterable[PersonView],
        on_call: Iterable[OnCallView],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = list(people)
        counted = [role for person in known for role in person.roles]
        choices = {
            "teams": [(t.id, f"{t.name} ({len(t.member_ids)})") for t in teams],
            "sites": [(site, f"{site} ({count})") for site, count in sites],
            "roles": [(r.value, f"{r.value.capitalize()} ({counted.count(r.value)})") for r in Role],
            "people": [(p.id, p.name) for p in known],
            "schedules": list({s.schedule_id: f"{s.schedule}: {s.person or 'nobody now'}" for s in on_call}.items()),
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def audience(self) -> dict[str, object]:
        """Whom it means now, valid or not."""
        given = self.cleaned_data if self.is_bound and self.is_valid() is not None else {}
        return {name: given[name] for name in _AUDIENCE if given.get(name)}

    def asked(self) -> dict[str, Any]:
        """As the command takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in _AUDIENCE}
        lines = [line.strip() for line in given.pop("answers").splitlines()]
        given["repeat_weeks"] = given["repeat_weeks"] or 0
        return {**given, "answers": [line for line in lines if line], "audience": self.audience()}
