"""Forms of contact methods: their fields are those that the transport of the kind declares."""

from typing import Any

from django import forms

from tocsin.domain.delivery.queries import DestinationView, TransportView
from tocsin.ui.forms import ScreenForm, style


class MethodForm(ScreenForm):
    """The address and settings of one kind of contact method. Secrets that are kept are never shown again."""

    def __init__(
        self, *args: Any, transport: TransportView, kept: DestinationView | None = None, **kwargs: Any
    ) -> None:
        initial = {} if kept is None else {"label": kept.label, "address": kept.address, **kept.config}
        super().__init__(*args, initial=initial, **kwargs)
        asked = [each for each in transport.fields if each.given]
        if transport.traits.proof == "browser" and kept is None:
            for field in transport.fields:
                self.fields[field.name] = forms.CharField(widget=forms.HiddenInput(), required=False)
        for field in asked:
            hidden = field.secret and kept is not None
            attrs = {"autocomplete": "email" if transport.kind == "mail" else "off", "spellcheck": "false"}
            if field.placeholder:
                attrs["placeholder"] = field.placeholder
            self.fields[field.name] = forms.CharField(
                label=field.label,
                required=field.required and not hidden,
                help_text=f"{field.help} Leave it empty to keep it.".strip() if hidden else field.help,
                widget=forms.TextInput(attrs=attrs),
            )
            if hidden:
                self.initial.pop(field.name, None)
        self.fields["label"] = forms.CharField(
            label="Name", required=False, max_length=80, help_text="What you call it: Work phone, Team chat."
        )
        for each in self.fields.values():
            style(each)

    def given(self) -> dict[str, Any]:
        """What the commands take: address, label, and the rest as the config."""
        rest = {k: v for k, v in self.cleaned_data.items() if k not in {"address", "label"}}
        return {"address": self.cleaned_data.get("address", ""), "label": self.cleaned_data["label"], "config": rest}


class CodeForm(ScreenForm):
    """The six digits that were sent."""

    code = forms.CharField(
        label="Code",
        max_length=12,
        help_text="Six digits, valid for 10 minutes.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-focus": ""}),
    )
