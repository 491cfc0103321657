"""Forms of legal clocks: shapes of input only, commands decide."""

from datetime import datetime
from typing import Any

from django import forms

from tocsin.domain.obligations.queries import LegalView
from tocsin.ui.forms import InstantField, Levels, ScreenForm
from tocsin.ui.times import written

_REASON: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 3}), "max_length": 4000}
_ANSWERS = [("unknown", "Not known"), ("no", "No"), ("yes", "Yes")]


class KnownForm(ScreenForm):
    """Facts, numbers and moments that clocks depend on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seen: LegalView, proposed: dict[str, datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = seen
        self.offered: set[str] = set()
        """Moments that the incident itself knows, and nobody has said yet."""
        self.fields["version"].initial = seen.version
        for moment in seen.moments:
            self.fields[moment.key] = InstantField(label=moment.words, required=False, initial=moment.at)
            if moment.at is None and moment.key in proposed:
                self.fields[moment.key].help_text = f"The incident says {written(proposed[moment.key], 'long')}."
                self.offered.add(moment.key)
        for fact in seen.facts:
            self.fields[fact.key] = forms.ChoiceField(
                label=fact.words, choices=_ANSWERS, widget=Levels, initial=fact.value or "unknown"
            )
        for number in seen.numbers:
            self.fields[number.key] = forms.IntegerField(
                label=number.words, required=False, min_value=0, initial=number.value or None
            )
        self.fields["reason"] = forms.CharField(
            label="How we know", required=False, help_text="Kept in the log and in the register.", max_length=4000
        )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control" if not isinstance(field.widget, Levels) else "")

    @property
    def moments(self) -> list[tuple[Any, bool]]:
        """The fields that take a time, and whether the incident offers one that nobody has taken yet."""
        return [(self[m.key], m.key in self.offered and not self[m.key].value()) for m in self.seen.moments]

    @property
    def answers(self) -> list[Any]:
        """The fields of facts and numbers."""
        return [self[each.key] for each in (*self.seen.facts, *self.seen.numbers)]

    def said(self) -> dict[str, Any]:
        """What the command takes."""
        given = self.cleaned_data
        return {
            "facts": {fact.key: given[fact.key] for fact in self.seen.facts},
            "numbers": {number.key: given[number.key] for number in self.seen.numbers},
            "moments": {moment.key: given[moment.key] for moment in self.seen.moments if self._moved(moment)},
            "reason": given["reason"],
            "version": given["version"] or None,
        }

    def _moved(self, moment: Any) -> bool:
        """A picker knows no seconds: a moment counts as typed only when its minute differs."""
        typed, kept = self.cleaned_data[moment.key], moment.at
        return (typed is None) != (kept is None) or (typed is not None and typed != kept.replace(second=0))


class StartForm(ScreenForm):
    """A regime applies."""

    reason = forms.CharField(label="Why it applies", required=False, **_REASON)


class ReasonForm(ScreenForm):
    """Something is decided, for a reason that is kept."""

    reason = forms.CharField(label="Reason", help_text="Kept in the register of decisions.", **_REASON)


class DecisionForm(ReasonForm):
    """To notify or not."""

    notify = forms.ChoiceField(
        label="Decision", choices=[("yes", "Notify"), ("no", "Do not notify")], widget=Levels, initial="yes"
    )
    field_order = ("notify", "reason")


class SubmitForm(ScreenForm):
    """A report was submitted."""

    at = InstantField(label="Submitted at", required=False, help_text="Empty: now.")
    reference = forms.CharField(
        label="Reference", required=False, max_length=200, help_text="The authority's number, or where it was filed."
    )
    note = forms.CharField(
        label="Note", required=False, help_text="When it is late: the reasons for the delay.", **_REASON
    )


class HoldForm(ReasonForm):
    """The authorities delay it."""

    until = InstantField(label="Held until", required=False, help_text="Empty: the hold ends now.")
    field_order = ("until", "reason")
