"""Forms of a channel: its fields are those that the vendor declares."""

from typing import Any

from django import forms

from tocsin.domain.delivery.channel_queries import ChannelView
from tocsin.domain.delivery.ports import FormField
from tocsin.ui.forms import ScreenForm, style


class ChannelForm(ScreenForm):
    """The settings of one account. Secrets that are kept are never shown; what the environment sets cannot be typed."""

    def __init__(self, *args: Any, view: ChannelView, **kwargs: Any) -> None:
        first = {field.name: field.choices[0][0] for field in view.fields if field.choices}
        super().__init__(*args, initial={**first, **view.config}, **kwargs)
        for field in view.fields:
            fixed, kept = field.name in view.fixed, field.name in view.kept
            self.fields[field.name] = _field(field, fixed=fixed, kept=kept)
            style(self.fields[field.name])

    def given(self) -> dict[str, str]:
        """What the command takes: what can be typed here."""
        return {name: self.cleaned_data[name] for name, field in self.fields.items() if not field.disabled}


def _field(field: FormField, *, fixed: bool, kept: bool) -> forms.Field:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    if field.placeholder:
        attrs["placeholder"] = field.placeholder
    words = field.help
    if fixed:
        words = f"{words} The environment sets it; change it there.".strip()
    elif kept:
        words = f"{words} One is kept; leave it empty to keep it.".strip()
    common: dict[str, Any] = {
        "label": field.label,
        "required": field.required and not (fixed or (field.secret and kept)),
        "help_text": words,
        "disabled": fixed,
    }
    if field.choices:
        return forms.ChoiceField(choices=field.choices, **common)
    if field.lines:
        return forms.CharField(widget=forms.Textarea(attrs={**attrs, "rows": 4}), **common)
    if field.secret:
        return forms.CharField(widget=forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"}), **common)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)


class TrialForm(ScreenForm):
    """Where a test message goes."""

    kind = forms.ChoiceField(label="As")
    address = forms.CharField(label="To", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], placeholder: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = kinds[0][0]
        self.fields["address"].widget.attrs["placeholder"] = placeholder
