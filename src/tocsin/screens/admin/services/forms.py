"""Forms of the catalogue: shapes of input only, commands decide."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tocsin.domain.accounts.queries import TeamView
from tocsin.domain.catalog.queries import ServiceView
from tocsin.ui.forms import ScreenForm

KINDS = [
    ("service", "Service: something that people or programs use"),
    ("component", "Component: a part of a service"),
    ("system", "System: what services run on"),
]
TIERS = [
    (1, "1: everything stops without it"),
    (2, "2: important"),
    (3, "3: useful"),
    (4, "4: nobody notices for a day"),
]


class ServiceForm(ScreenForm):
    """One service, its owner and what it directly needs."""

    name = forms.CharField(label="Name")
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    tier = forms.TypedChoiceField(label="Tier", choices=TIERS, coerce=int)
    owner_team = forms.ChoiceField(label="Owner", required=False)
    needs = forms.MultipleChoiceField(
        label="Needs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it cannot work without. Only direct ones; what those need counts by itself.",
    )

    def __init__(self, *args: Any, teams: Iterable[TeamView], others: Iterable[ServiceView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_team"].choices = [("", "Nobody"), *((team.id, team.name) for team in teams)]  # type: ignore[attr-defined]
        self.fields["needs"].choices = [(other.id, other.name) for other in others]  # type: ignore[attr-defined]


class ImportForm(ScreenForm):
    """A catalogue as YAML, as a file or as text."""

    file = forms.FileField(label="File", required=False, max_length=200)
    text = forms.CharField(
        label="Or its text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "t-mono", "spellcheck": "false"}),
        help_text="services: a list of slug, name, kind, tier, owner (a team's slug), needs (slugs).",
    )

    def clean(self) -> dict[str, Any]:
        """One text, from the file when there is one."""
        given = super().clean() or {}
        upload = given.get("file")
        if upload is not None:
            try:
                given["text"] = upload.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("file", "This is not text in UTF-8; save it as such and choose it again.")
        elif not given.get("text"):
            self.add_error("text", "Choose a file, or paste its text.")
        return given
