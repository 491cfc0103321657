"""Giving a role: shape of the input only, the command decides."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.incidents.queries import MatrixRow
from tocsin.ui.forms import ScreenForm

CUSTOM = "custom"


class RoleForm(ScreenForm):
    """A role, one of the house's or of its own, somebody, and a word to them."""

    role = forms.ChoiceField(label="Role")
    custom = forms.CharField(
        label="Name of the role",
        required=False,
        max_length=40,
        help_text="Only for a role of its own, like Data lead or Vendor contact.",
    )
    person = forms.ChoiceField(label="Person")
    note = forms.CharField(
        label="Word to them", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="What they take over."
    )

    def __init__(
        self,
        *args: Any,
        rows: Iterable[MatrixRow] = (),
        people: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = [(row.role, row.words) for row in rows]
        self.fields["role"].choices = [*offered, (CUSTOM, "A role of its own")]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", "Choose a person"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The role's slug: of a custom one made from its name."""
        given = dict(super().clean() or self.cleaned_data)
        if given.get("role") == CUSTOM:
            slug = re.sub(r"[^a-z0-9]+", "-", given.get("custom", "").lower()).strip("-")
            if not slug:
                self.add_error("custom", "Give the role a name.")
            given["role"] = slug
        given.pop("custom", None)
        return given
