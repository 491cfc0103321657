"""Forms of duty: cover, absences, hand-over words, addresses of calendars. Shapes of input only, commands decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from tocsin.domain.oncall.queries import OnCallView
from tocsin.screens.admin.on_call.forms import Choices
from tocsin.ui.forms import InstantField, ScreenForm, on_whose_clock

USUAL_WORDS = "vacation, holiday, leave, pto, ooo, out of office, sick, urlaub, krank, abwesend, congé"
WORDS_HELP = "One of these words in the title, comma between. Empty: every event that is not marked as free."


class CoverForm(ScreenForm):
    """Ask colleagues to take one's time on call."""

    person = forms.ChoiceField(label="Whose time on call")
    start = InstantField(label="From")
    end = InstantField(label="Until")
    note = forms.CharField(label="Why", required=False, max_length=300, help_text="A word to your colleagues.")
    asked = forms.MultipleChoiceField(
        label="Ask only these",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: everybody else of the schedule and its team.",
    )
    return_start = InstantField(label="In return, from", required=False)
    return_end = InstantField(label="Until", required=False)

    def __init__(
        self,
        *args: Any,
        people: Choices,
        own: str = "",
        instants: tuple[str, str] = ("", ""),
        taken: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`taken`: why people cannot well take that time; they can be asked all the same."""
        super().__init__(*args, **kwargs)
        _offer(self, "person", people)
        if own:
            self.fields["person"].widget = forms.HiddenInput()
        why = taken or {}
        others = [(id_, name) for id_, name in people if id_ and id_ != own]
        _offer(self, "asked", [(id_, f"{name} ({why[id_]})" if id_ in why else name) for id_, name in others])
        on_whose_clock(self, "start", "end")
        for name, text in zip(("start", "end"), instants, strict=True):
            self.fields[name].initial = instant_of(text)

    @property
    def swaps(self) -> bool:
        """True when something in return is filled in."""
        return any(self[name].value() or self[name].errors for name in ("return_start", "return_end"))

    def in_return(self) -> tuple[datetime, datetime] | None:
        """The times offered in return."""
        given = self.cleaned_data
        return (given["return_start"], given["return_end"]) if given["return_start"] else None

    def clean(self) -> None:
        """Both ends of what is offered in return, or none."""
        given = self.cleaned_data
        if bool(given.get("return_start")) != bool(given.get("return_end")):
            self.add_error("return_end", "Give both ends of what you take in return, or neither.")


class FeedForm(ScreenForm):
    """A new calendar address."""

    schedule = forms.ChoiceField(label="Which shifts", required=False)

    def __init__(self, *args: Any, schedules: Sequence[OnCallView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "schedule", [("", "My own"), *((one.schedule_id, f"All of {one.schedule}") for one in schedules)])


class NoteForm(ScreenForm):
    """A word for who comes on next."""

    text = forms.CharField(
        label="A word for the next on call",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="It goes with the notice of their shift, and stands here.",
    )


class AwayForm(ScreenForm):
    """Away from, until."""

    start = InstantField(label="Away from")
    end = InstantField(label="Until")
    note = forms.CharField(label="Note", required=False, max_length=200, help_text="For you and who plans schedules.")


class CalendarFileForm(ScreenForm):
    """Absences out of a calendar file."""

    calendar = forms.FileField(label="Calendar file (.ics)", help_text="Replaces what an earlier file brought.")
    words = forms.CharField(label="Count events with", required=False, initial=USUAL_WORDS, help_text=WORDS_HELP)


class CalendarUrlForm(ScreenForm):
    """Absences out of a calendar elsewhere."""

    url = forms.CharField(label="Address of a calendar", help_text="iCal or webcal; kept sealed and shown to nobody.")
    words = forms.CharField(label="Count events with", required=False, initial=USUAL_WORDS, help_text=WORDS_HELP)


def instant_of(text: str) -> datetime | None:
    """A time of a query string; nothing for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
