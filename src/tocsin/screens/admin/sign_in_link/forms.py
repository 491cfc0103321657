"""The form of a first password."""

from typing import Any

from django import forms

from tocsin.ui.forms import ScreenForm

_NEW = {"autocomplete": "new-password"}


class FirstPasswordForm(ScreenForm):
    """A password, typed twice."""

    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs=_NEW),
        strip=False,
        help_text="At least 12 characters. A short sentence is easy to remember and hard to guess.",
    )
    again = forms.CharField(label="The same once more", widget=forms.PasswordInput(attrs=_NEW), strip=False)

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        given = super().clean() or {}
        if given.get("again") and given.get("password") != given["again"]:
            self.add_error("again", "The two differ; type the same password twice.")
        return given
