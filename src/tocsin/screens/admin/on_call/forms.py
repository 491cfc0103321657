"""Forms of schedules, overrides and policies: shapes of input only, commands decide."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms

from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.oncall.commands import LayerInput, StepInput, TargetInput
from tocsin.domain.oncall.queries import LayerView, StepView
from tocsin.kernel.errors import Invalid
from tocsin.screens.admin.on_call.windows import parse_windows, written_windows
from tocsin.ui.forms import DurationField, InstantField, ScreenForm

EVERY = [("days", "days"), ("weeks", "weeks"), ("hours", "hours")]
SPARE = 2
Choices = Sequence[tuple[str, Any]]


def zones() -> list[tuple[str, str]]:
    """Every time zone there is."""
    return [(name, name) for name in sorted(available_timezones())]


def person_choices(people: Sequence[PersonView]) -> list[tuple[str, str]]:
    """Active people, with the empty choice first."""
    return [("", "–"), *((p.id, p.name) for p in people if p.active)]


class ScheduleForm(ScreenForm):
    """Name and zone of a schedule; its layers are forms of their own."""

    name = forms.CharField(label="Name", max_length=120)
    time_zone = forms.ChoiceField(label="Time zone", help_text="Hand-over times of all layers are in this zone.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "time_zone", zones())


class LayerForm(ScreenForm):
    """One layer. People take turns in the order of their fields; empty fields are left out."""

    every_count = forms.IntegerField(label="Hand over every", min_value=1, max_value=10_000, initial=1)
    every = forms.ChoiceField(label="Unit", choices=EVERY, initial="weeks")
    handoff = forms.TimeField(
        label="At", initial="09:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    start = forms.DateField(label="Starting", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    restrictions = forms.CharField(
        label="Only at", required=False, help_text="Empty: always. Else like mon-fri 09:00-17:00; sat 10:00-14:00."
    )

    def __init__(self, *args: Any, people: Choices, spare: int = SPARE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, _filled(self, "person_") + spare + 1):
            field = forms.ChoiceField(label=_nth(number), choices=people, required=False)
            self.fields[f"person_{number}"] = _styled(field)

    @property
    def chosen(self) -> list[Any]:
        """The fields of people, in order."""
        return [self[name] for name in self.fields if name.startswith("person_")]

    @property
    def is_empty(self) -> bool:
        """True when nobody is in it: a blank layer that was not filled in."""
        return not any(value for name, value in self.cleaned_data.items() if name.startswith("person_"))

    def clean_restrictions(self) -> object:
        """Windows out of text."""
        try:
            return parse_windows(self.cleaned_data["restrictions"])
        except Invalid as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def layer(self) -> LayerInput:
        """As the command takes it."""
        given = self.cleaned_data
        people = [value for name, value in given.items() if name.startswith("person_") and value]
        return LayerInput(
            people=tuple(people),
            handoff=given["handoff"],
            start=given["start"],
            every=given["every"],
            count=given["every_count"],
            end=given["end"],
            restrictions=given["restrictions"],
        )


def layer_initial(view: LayerView) -> dict[str, Any]:
    """A saved layer as a form's initial values."""
    people = {f"person_{number}": id_ for number, id_ in enumerate(view.people, 1)}
    return people | {
        "every_count": view.count,
        "every": view.every,
        "handoff": view.handoff,
        "start": view.start,
        "end": view.end,
        "restrictions": written_windows(view.restrictions),
    }


class OverrideForm(ScreenForm):
    """Someone takes over for a while."""

    person = forms.ChoiceField(label="Who is on call")
    start = InstantField(label="From")
    end = InstantField(label="Until")
    replaces = forms.ChoiceField(label="Instead of", required=False, help_text="Empty: instead of whoever it would be.")

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "person", people)
        _choose(self, "replaces", people)


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
    """One step: everyone in it is paged together."""

    delay = DurationField(
        label="Then wait",
        required=False,
        help_text="Empty: 80 % of the time in which it must be acknowledged (4 min for Critical and High).",
    )

    def __init__(self, *args: Any, targets: Choices, spare: int = SPARE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, _filled(self, "target_") + spare + 1):
            field = forms.ChoiceField(label="Page" if number == 1 else "and", choices=targets, required=False)
            self.fields[f"target_{number}"] = _styled(field)

    @property
    def chosen(self) -> list[Any]:
        """The fields of targets, in order."""
        return [self[name] for name in self.fields if name.startswith("target_")]

    @property
    def is_empty(self) -> bool:
        """True when it pages nobody: a blank step that was not filled in."""
        return not any(value for name, value in self.cleaned_data.items() if name.startswith("target_"))

    def step(self) -> StepInput:
        """As the command takes it."""
        given = [value for name, value in self.cleaned_data.items() if name.startswith("target_") and value]
        targets = tuple(TargetInput(*value.split(":", 1)) for value in given)
        delay: timedelta | None = self.cleaned_data["delay"]
        return StepInput(targets, delay)


def step_initial(view: StepView) -> dict[str, Any]:
    """A saved step as a form's initial values."""
    chosen = {f"target_{number}": f"{t.kind}:{t.id}" for number, t in enumerate(view.targets, 1)}
    return {**chosen, "delay": view.delay}


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def _styled(field: forms.ChoiceField) -> forms.ChoiceField:
    field.widget.attrs["class"] = "form-select"
    return field


def _filled(form: forms.Form, start: str) -> int:
    """The highest number among the numbered fields that were sent or are set already."""
    initial = {form.add_prefix(name): value for name, value in form.initial.items()}
    given: Mapping[str, Any] = form.data if form.is_bound else initial
    whole = form.add_prefix(start)
    numbers = [
        int(k[len(whole) :]) for k, v in given.items() if k.startswith(whole) and k[len(whole) :].isdigit() and v
    ]
    return min(max(numbers, default=0), 60)


def _nth(number: int) -> str:
    return {1: "First", 2: "then", 3: "then"}.get(number, "then")
