"""Forms of regimes and their clocks: shapes of input only, the book decides."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.obligations.rules.regimes import COUNTS, FACTS, UNITS, WHO, Clocks, Regime, Trigger
from tocsin.ui.forms import ScreenForm

_CHECKS = forms.CheckboxSelectMultiple
UNIT_WORDS = {
    "hours": "hours, elapsed",
    "calendar_days": "calendar days",
    "business_days": "business days",
    "months": "months",
}


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


class WhoForm(ScreenForm):
    """What the organisation is."""

    who = forms.MultipleChoiceField(
        label="We are",
        required=False,
        widget=_CHECKS,
        choices=[(key, _first(words)) for key, words in WHO.items()],
        help_text="Regimes for others are not proposed. While nothing is chosen, all may be.",
    )


class RegimeForm(ScreenForm):
    """A law, a rule or a contract."""

    name = forms.CharField(label="Name", max_length=120)
    citation = forms.CharField(
        label="Citation", max_length=300, help_text="Where it is written: law and article, or contract."
    )
    text_version = forms.CharField(label="Version of the text", max_length=200)
    checked_on = forms.DateField(label="Checked on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    link = forms.CharField(label="Link", required=False, max_length=500)
    who = forms.MultipleChoiceField(
        label="Only for", required=False, widget=_CHECKS, choices=[(k, _first(w)) for k, w in WHO.items()]
    )
    kinds = forms.MultipleChoiceField(
        label="Proposed for incidents of the kind",
        required=False,
        widget=_CHECKS,
        choices=[(k.value, k.words) for k in Kind],
    )
    facts = forms.MultipleChoiceField(
        label="Proposed when", required=False, widget=_CHECKS, choices=list(FACTS.items()), help_text="Any of them."
    )

    def content(self) -> dict[str, Any]:
        """The fields as the book keeps them."""
        return {**self.cleaned_data, "checked_on": self.cleaned_data["checked_on"].isoformat()}


class ClockForm(ScreenForm):
    """One thing owed."""

    owed = forms.CharField(label="What is owed", max_length=200)
    to = forms.CharField(label="To whom", max_length=200)
    trigger = forms.ChoiceField(label="Counted from when", choices=[(t.value, _first(t.words)) for t in Trigger])
    after = forms.ChoiceField(label="The earlier report", required=False)
    amount = forms.IntegerField(label="How long", min_value=0, help_text="0: at once, without a number.")
    unit = forms.ChoiceField(label="Of", choices=list(UNIT_WORDS.items()))
    calendar = forms.ChoiceField(label="Calendar", required=False)
    when = forms.ChoiceField(label="Only if", required=False, choices=[("", "Always"), *FACTS.items()])
    counts = forms.ChoiceField(label="Depends on a number", required=False, choices=[("", "No"), *COUNTS.items()])
    at_least = forms.IntegerField(label="From", required=False, min_value=0)
    below = forms.IntegerField(label="Below", required=False, min_value=0)
    cap_trigger = forms.ChoiceField(
        label="No later than, counted from when",
        required=False,
        choices=[("", "No such limit"), *((t.value, _first(t.words)) for t in Trigger if t is not Trigger.SUBMITTED)],
    )
    cap_hours = forms.IntegerField(label="Hours from then", required=False, min_value=0)
    weekend = forms.BooleanField(label="An end on a day off moves to noon of the next working day", required=False)
    year_end = forms.BooleanField(label="Counted from the end of that year", required=False)
    hold = forms.BooleanField(label="Authorities may delay it", required=False)
    citation = forms.CharField(label="Citation", required=False, max_length=300)
    note = forms.CharField(label="Note", required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, book: Clocks, regime: Regime, own: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reports = [(clock.key, clock.owed) for clock in regime.clocks if clock.key != own]
        initial = str(self.initial.get("after", ""))
        if "," in initial:
            reports.append((initial, "Several, as they are"))
        self.fields["after"].choices = [("", "None"), *reports]  # type: ignore[attr-defined]
        zones = [(key, f"{key.replace('_', ' ')} ({hours.zone})") for key, hours in book.calendars.items()]
        self.fields["calendar"].choices = [("", "The organisation's"), *zones]  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """The fields as the book keeps them, without what is not said."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}
        if given.get("trigger") != Trigger.SUBMITTED:
            given.pop("after", None)
        return {"amount": 0, **given}


def key_of(name: str, taken: Iterable[str]) -> str:
    """A short key from a name, different from those that are taken."""
    base = "_".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split())[:40] or "clock"
    key, number, known = base, 2, set(taken)
    while key in known or key in ("add", "remove"):
        key, number = f"{base}_{number}", number + 1
    return key


def unit_words(unit: str) -> str:
    """A unit as lists show it."""
    return UNIT_WORDS[unit] if unit in UNITS else unit


def merged(old: Mapping[str, Any], new: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The old entry with the form's fields replaced; what the form does not know stays."""
    return {**{key: value for key, value in old.items() if key not in set(fields)}, **new}
