"""Forms of escalation policies: shapes of input only, commands decide."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import queries
from tocsin.domain.oncall.commands import ConditionInput, StepInput, TargetInput
from tocsin.domain.oncall.ports import subject_kinds
from tocsin.domain.oncall.queries import StepView
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.screens.admin.on_call.forms import filled, styled
from tocsin.ui.forms import DurationField, ScreenForm

SPARE = 1
Choices = Sequence[tuple[str, Any]]
LEVELS = [(s.value, s.word) for s in sorted(Severity, key=lambda s: -s.rank) if s is not Severity.UNKNOWN]
HOW = [("", "Everybody at once"), ("turn", "One after the other, in turn")]


class PolicyForm(ScreenForm):
    """Name and rounds of a policy; its steps are forms of their own."""

    name = forms.CharField(label="Name", max_length=120)
    rounds = forms.IntegerField(
        label="Rounds",
        min_value=1,
        max_value=10,
        initial=3,
        help_text="After the last round the catch-all people are paged every 10 min until someone answers.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class StepForm(ScreenForm):
    """One step: who, all at once or in turn, how long to wait, and when it counts."""

    how = forms.ChoiceField(label="Whom of them", choices=HOW, required=False)
    delay = DurationField(
        label="Then wait",
        required=False,
        help_text="Empty: 80 % of the time in which it must be acknowledged (4 min for Critical and High).",
    )
    severities = forms.MultipleChoiceField(
        label="Only for these severities", choices=LEVELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(label="Only for these kinds", required=False, widget=forms.CheckboxSelectMultiple)
    hours = forms.ChoiceField(
        label="Only at these hours",
        required=False,
        help_text="Working hours of the team that owns the service, else of the organisation, unless you name a team.",
    )

    def __init__(self, *args: Any, targets: Choices, hours: Choices, spare: int = SPARE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kinds"]
        kinds.choices = list(subject_kinds().items())
        given: Any = self.fields["hours"]
        given.choices = hours
        shown = sum(name.startswith("target_") for name in self.initial) if self.initial.get("room") else 1
        for number in range(1, max(shown, filled(self, "target_")) + spare + 1):
            field = forms.ChoiceField(label="Page" if number == 1 else "and", choices=targets, required=False)
            self.fields[f"target_{number}"] = styled(field)

    @property
    def chosen(self) -> list[Any]:
        """The fields of targets, in order."""
        return [self[name] for name in self.fields if name.startswith("target_")]

    @property
    def conditional(self) -> bool:
        """True when the step counts only sometimes, so that its conditions are shown open."""
        return any(self[name].value() for name in ("severities", "kinds", "hours")) or any(
            self[name].errors for name in ("severities", "kinds", "hours")
        )

    @property
    def is_empty(self) -> bool:
        """True when it pages nobody: a blank step that was not filled in."""
        return not any(value for name, value in self.cleaned_data.items() if name.startswith("target_"))

    def step(self) -> StepInput:
        """As the command takes it."""
        given = self.cleaned_data
        named = [value for name, value in given.items() if name.startswith("target_") and value]
        delay: timedelta | None = given["delay"]
        hours, _, calendar = given["hours"].partition(":")
        when = ConditionInput(tuple(given["severities"]), tuple(given["kinds"]), hours, calendar)
        targets = tuple(TargetInput(*value.split(":", 1)) for value in named)
        return StepInput(targets, delay, given["how"] == "turn", when)


def step_initial(view: StepView) -> dict[str, Any]:
    """A saved step as a form's initial values."""
    chosen: dict[str, Any] = {f"target_{number}": f"{t.kind}:{t.id}" for number, t in enumerate(view.targets, 1)}
    when = view.when
    hours = f"{when.hours}:{when.calendar}" if when.calendar else when.hours
    return chosen | {
        "delay": view.delay,
        "how": "turn" if view.in_turn else "",
        "severities": list(when.severities),
        "kinds": list(when.kinds),
        "hours": hours,
    }


def target_choices(actor: Actor, policy_id: str = "") -> list[tuple[str, Any]]:
    """Everything a step can page, grouped, with the empty choice first; never the policy itself."""
    schedules = [(f"schedule:{s.schedule_id}", s.schedule) for s in queries.on_call_now(actor)]
    teams = [(f"team:{t.id}", t.name) for t in accounts.teams(actor)]
    people = [(f"person:{p.id}", p.name) for p in accounts.people(actor, active_only=True)]
    hooks = [(f"webhook:{h.id}", h.name) for h in queries.step_webhooks(actor)]
    policies = [(f"policy:{p.id}", p.name) for p in queries.policies(actor) if p.id != policy_id]
    groups = [
        ("Whoever is on call by", schedules),
        ("Everyone in the team", teams),
        ("One person", people),
        ("Tell the webhook", hooks),
        ("Hand over to the policy", policies),
    ]
    return [("", "–"), *((name, choices) for name, choices in groups if choices)]


def hour_choices(actor: Actor) -> list[tuple[str, Any]]:
    """In or out of the working hours of the service's owner, or of a team."""
    teams = accounts.teams(actor)
    return [
        ("", "At any hour"),
        ("open", "In working hours"),
        ("closed", "Out of working hours"),
        *(("In working hours of", [(f"open:{t.id}", f"In hours of {t.name}") for t in teams]),) * bool(teams),
        *(("Out of working hours of", [(f"closed:{t.id}", f"Out of hours of {t.name}") for t in teams]),) * bool(teams),
    ]
