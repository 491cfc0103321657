"""Forms of one's own rules and quiet hours: shapes of input only, commands decide."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from tocsin.domain.oncall.commands import RuleInput
from tocsin.domain.oncall.queries import RuleMethod, RuleView
from tocsin.domain.oncall.rules.ending import Wish
from tocsin.ui.forms import DurationField, ScreenForm


class RuleForm(ScreenForm):
    """These methods together, so long after the page."""

    after = DurationField(label="After", required=False, help_text="Empty: at once. Else like 2m, from the page on.")
    methods = forms.MultipleChoiceField(label="By", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, methods: Sequence[RuleMethod], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["methods"]
        field.choices = [(m.id, m.label if m.rings else f"{m.label}, does not ring") for m in methods]

    @property
    def is_empty(self) -> bool:
        """True when it uses nothing: a blank rule that was not filled in."""
        return not self.cleaned_data["methods"]

    def rule(self) -> RuleInput:
        """As the command takes it."""
        given = self.cleaned_data
        return RuleInput(given["after"] or timedelta(0), tuple(given["methods"]))


def rule_initial(view: RuleView) -> dict[str, Any]:
    """A rule as a form's initial values."""
    return {"after": view.after or None, "methods": [method.id for method in view.methods]}


class EndForm(ScreenForm):
    """How one hears that what one was paged about is over."""

    wish = forms.ChoiceField(
        label="When it is over, tell me",
        choices=[
            (Wish.QUIETLY.value, "Quietly: by chat, push and mail"),
            (Wish.TEXTS.value, "By text message too"),
            (Wish.NEVER.value, "Nothing new"),
        ],
        widget=forms.RadioSelect,
    )


class QuietForm(ScreenForm):
    """From when until when; both empty: no quiet hours."""

    start = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
