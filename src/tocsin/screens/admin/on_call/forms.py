"""Forms of schedules and overrides: shapes of input only, commands decide. Those of policies: `policy_forms`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.oncall.commands import LayerInput, Region, ScheduleOptions
from tocsin.domain.oncall.queries import LayerView, ScheduleView
from tocsin.kernel.business_time import zone_names
from tocsin.kernel.errors import Invalid
from tocsin.screens.admin.on_call.windows import (
    parse_leads,
    parse_pattern,
    parse_windows,
    written_leads,
    written_windows,
)
from tocsin.ui.forms import InstantField, ScreenForm, bare, on_whose_clock

EVERY = [("days", "days"), ("weeks", "weeks"), ("hours", "hours")]
ON_HOLIDAYS = [("always", "make no difference"), ("never", "never counts on them"), ("only", "counts only on them")]
SPARE = 2
Choices = Sequence[tuple[str, Any]]


def zones() -> list[tuple[str, str]]:
    """Every time zone there is."""
    return [(name, name) for name in zone_names()]


def person_choices(people: Sequence[PersonView]) -> list[tuple[str, str]]:
    """Active people, with the empty choice first."""
    return [("", "–"), *((p.id, p.name) for p in people if p.active)]


class OptionsForm(ScreenForm):
    """What a schedule does besides saying who is on call."""

    team = forms.ChoiceField(label="Team", required=False, help_text="Whose schedule it is; for the team's calendar.")
    holiday_region = forms.CharField(
        label="Public holidays of",
        required=False,
        max_length=16,
        help_text="A country, or a country and its part: DE, DE-BY, US-CA.",
    )
    next_takes_over = forms.BooleanField(
        label="While someone is away, the next in the rotation takes over",
        required=False,
        help_text="Else the page of the schedule warns, and the turn stays.",
    )
    longest_hours = forms.IntegerField(
        label="Warn of more hours in a row than", min_value=1, max_value=8784, initial=192, help_text="A week is 168."
    )
    notices = forms.CharField(
        label="Tell people before their shift",
        required=False,
        initial="24h, 0m",
        help_text="How long before, like 24h, 1h, 0m (when it begins). Empty: never.",
    )

    def __init__(self, *args: Any, teams: Sequence[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "team", [("", "–"), *((team.id, team.name) for team in teams)])

    def clean_notices(self) -> object:
        """Minutes out of text."""
        return _parsed(parse_leads, self.cleaned_data["notices"])

    def options(self) -> ScheduleOptions:
        """As the command takes them."""
        given = self.cleaned_data
        return ScheduleOptions(
            team_id=given["team"],
            holiday_region=given["holiday_region"],
            next_takes_over=given["next_takes_over"],
            longest_hours=given["longest_hours"],
            notices=given["notices"],
        )


class ScheduleForm(OptionsForm):
    """Name and zone of a schedule and what it does; its layers are forms of their own."""

    name = forms.CharField(label="Name", max_length=120)
    time_zone = forms.ChoiceField(label="Time zone", help_text="Hand-over times of layers without a zone of their own.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("name", "time_zone", "version", "team", "holiday_region", "longest_hours", "notices")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "time_zone", zones())


def schedule_initial(view: ScheduleView) -> dict[str, Any]:
    """A saved schedule as a form's initial values."""
    return {
        "name": view.name,
        "time_zone": view.time_zone,
        "version": view.version,
        "team": view.team_id,
        "holiday_region": view.holiday_region,
        "next_takes_over": view.next_takes_over,
        "longest_hours": view.longest_hours,
        "notices": written_leads(view.notices),
    }


class SunForm(OptionsForm):
    """A schedule that follows the sun; its regions are forms of their own."""

    name = forms.CharField(label="Name", max_length=120)
    time_zone = forms.ChoiceField(label="Time zone", help_text="In which its calendar is drawn.")
    start = forms.DateField(label="Starting", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    every_count = forms.IntegerField(label="Hand over every", min_value=1, max_value=10_000, initial=1)
    every = forms.ChoiceField(label="Unit", choices=[("weeks", "weeks"), ("days", "days")], initial="weeks")
    field_order = ("name", "time_zone", "start", "every_count", "every", "team")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "time_zone", zones())


class PeopleForm(ScreenForm):
    """People in order, a field each and some to spare; empty fields are left out."""

    def __init__(self, *args: Any, people: Choices, spare: int = SPARE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = sum(name.startswith("person_") for name in self.initial) if self.initial.get("room") else 0
        for number in range(1, max(shown, filled(self, "person_")) + spare + 1):
            field = forms.ChoiceField(label=_nth(number), choices=people, required=False)
            self.fields[f"person_{number}"] = styled(field)

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of who was chosen, in order."""
        return tuple(value for name, value in self.cleaned_data.items() if name.startswith("person_") and value)

    @property
    def chosen(self) -> list[Any]:
        """The fields of people, in order."""
        return [self[name] for name in self.fields if name.startswith("person_")]

    @property
    def is_empty(self) -> bool:
        """True when nobody is in it: a blank form that was not filled in."""
        return not any(value for name, value in self.cleaned_data.items() if name.startswith("person_"))


class LayerForm(PeopleForm):
    """One layer. People take turns in the order of their fields."""

    name = forms.CharField(label="Name of the layer", max_length=80, required=False)
    every_count = forms.IntegerField(label="Hand over every", min_value=1, max_value=10_000, initial=1)
    every = forms.ChoiceField(label="Unit", choices=EVERY, initial="weeks")
    pattern = forms.CharField(
        label="Uneven turns",
        required=False,
        help_text="Lengths one after the other, instead of the number above: 5, 2 days from a Monday part working "
        "days from weekends.",
    )
    handoff = forms.TimeField(
        label="At", initial="09:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    time_zone = forms.ChoiceField(label="In the zone", required=False, help_text="Empty: the schedule's.")
    start = forms.DateField(label="Starting", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    restrictions = forms.CharField(
        label="Only at", required=False, help_text="Empty: always. Else like mon-fri 09:00-17:00; sat 10:00-14:00."
    )
    on_holidays = forms.ChoiceField(label="Public holidays", choices=ON_HOLIDAYS, initial="always", required=False)
    holiday_region = forms.CharField(
        label="Whose holidays", required=False, max_length=16, help_text="Empty: the schedule's. Else like DE-BY."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "time_zone", [("", "–"), *zones()])

    @property
    def rare(self) -> bool:
        """True when something that is folded away is filled in or wrong."""
        folded = [self[name] for name in ("pattern", "end", "time_zone", "holiday_region")]
        return any(one.value() or one.errors for one in folded) or self["on_holidays"].value() not in (
            None,
            "",
            "always",
        )

    def clean_on_holidays(self) -> str:
        """Always, unless chosen."""
        return self.cleaned_data["on_holidays"] or "always"

    def clean_restrictions(self) -> object:
        """Windows out of text."""
        return _parsed(parse_windows, self.cleaned_data["restrictions"])

    def clean_pattern(self) -> object:
        """Lengths out of text."""
        return _parsed(parse_pattern, self.cleaned_data["pattern"])

    def layer(self) -> LayerInput:
        """As the command takes it."""
        given = self.cleaned_data
        return LayerInput(
            people=self.people,
            handoff=given["handoff"],
            start=given["start"],
            every=given["every"],
            count=given["every_count"],
            time_zone=given["time_zone"],
            end=given["end"],
            restrictions=given["restrictions"],
            name=given["name"],
            pattern=given["pattern"],
            on_holidays=given["on_holidays"],
            holiday_region=given["holiday_region"],
        )


class RegionForm(PeopleForm):
    """One region of a schedule that follows the sun."""

    name = forms.CharField(label="Region", max_length=80, required=False)
    time_zone = forms.ChoiceField(label="Time zone")
    opens = forms.TimeField(
        label="From", initial="08:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label="Until", initial="16:00", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "time_zone", zones())

    def region(self) -> Region:
        """As the command takes it; without a name it is called after its zone."""
        given = self.cleaned_data
        name = given["name"] or given["time_zone"].rpartition("/")[2].replace("_", " ")
        return Region(name, given["time_zone"], given["opens"], given["closes"], self.people)


def layer_initial(view: LayerView, zone: str) -> dict[str, Any]:
    """A saved layer as a form's initial values; `zone` is the schedule's."""
    people = {f"person_{number}": id_ for number, id_ in enumerate(view.people, 1)}
    return people | {
        "name": view.name,
        "pattern": ", ".join(map(str, view.pattern)),
        "time_zone": view.time_zone if view.time_zone != zone else "",
        "on_holidays": view.on_holidays,
        "holiday_region": view.holiday_region,
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
        on_whose_clock(self, "start", "end")


def _parsed(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except Invalid as refused:
        raise forms.ValidationError(bare(refused)) from refused


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


def styled(field: forms.ChoiceField) -> forms.ChoiceField:
    field.widget.attrs["class"] = "form-select"
    return field


def filled(form: forms.Form, start: str) -> int:
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
