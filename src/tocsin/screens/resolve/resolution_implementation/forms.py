"""What people type about the mending of an incident. What is valid is decided by the commands."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.ui.forms import InstantField, Levels, ScreenForm

PARTS = [("cause", "Caused it"), ("fix", "Mends it"), ("other", "Worth knowing")]


class CauseForm(ScreenForm):
    """Why it happened, as far as it is known."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    root_cause = forms.CharField(
        label="Root cause",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What went wrong and why nothing caught it. As far as it is known; the review can correct it.",
    )


class FixForm(ScreenForm):
    """A task that removes the cause for good."""

    title = forms.CharField(label="What is to be done", max_length=300)
    owner = forms.ChoiceField(label="Owner", required=False)
    due_at = InstantField(label="Due", required=False)

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Nobody yet"), *people]  # type: ignore[attr-defined]


class ChangeForm(ScreenForm):
    """A deploy, commit or reconfiguration that no tool reported by itself."""

    summary = forms.CharField(label="What was changed", max_length=300)
    url = forms.CharField(label="Where to read about it", required=False, help_text="Address of the commit or deploy.")
    part = forms.ChoiceField(label="Its part", choices=PARTS, widget=Levels, initial="fix")
    happened_at = InstantField(label="When", required=False, help_text="Empty: now.")
