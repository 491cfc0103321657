"""Declaring an incident: as little as can be asked of someone who is frightened."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.ui.forms import InstantField, Levels, ScreenForm

_UNKNOWN = "I do not know"


class DeclareForm(ScreenForm):
    """What is wrong, of what kind, how bad, where, and whether to page now."""

    draft = "declare"
    template = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="What is wrong", max_length=200, help_text="In a few words, as people will call it. It can be changed."
    )
    kind = forms.ChoiceField(label="Kind", choices=[(k.value, k.words) for k in Kind], widget=Levels)
    severity = forms.ChoiceField(
        label="Severity",
        choices=[(s.value, _UNKNOWN if s is Severity.UNKNOWN else s.word) for s in Severity],
        widget=Levels,
        help_text="Unknown is treated as Critical until somebody knows better.",
    )
    services = forms.MultipleChoiceField(
        label="Affected services",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever is on call for them is paged. Without one, the catch-all people are.",
    )
    summary = forms.CharField(label="What you know so far", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    declared_at = InstantField(label="Since", required=False, help_text="Empty: now. It can be dated back.")
    page = forms.BooleanField(label="Page the people on call now", required=False)

    def __init__(self, *args: Any, services: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["services"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(services)
        if not field.choices:
            del self.fields["services"]
