"""The severity matrix as three grids, one for each state of data, with a choice in every cell."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.incidents.rules.books import SEVERITIES
from tocsin.domain.incidents.rules.severity import CHOICES, MEANING, Fact
from tocsin.domain.rulebooks import commands
from tocsin.domain.rulebooks.permissions import PUBLISH, SEE
from tocsin.screens.admin.rulebooks.editions import around
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

BOOK = "matrix"
_TONES = {"critical": "c", "high": "h", "medium": "m", "low": "l"}


class MatrixForm(ScreenForm):
    """One choice for each combination of answers."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "none"), *((severity.value, severity.word) for severity in SEVERITIES)]
        for data, operations, users in _cells():
            words = f"Users {users}, operations {operations}, data {data.replace('_', ' ')}"
            self.fields[f"{data}-{operations}-{users}"] = forms.ChoiceField(
                label=words,
                choices=choices,
                required=False,
                widget=forms.Select(attrs={"class": "form-select", "aria-label": words}),
            )

    def content(self) -> dict[str, Any]:
        """What the book keeps; an empty cell stays empty, for the book to refuse by name."""
        made: dict[str, Any] = {}
        for data, operations, users in _cells():
            said = self.cleaned_data[f"{data}-{operations}-{users}"]
            made.setdefault(data, {}).setdefault(operations, {})[users] = said
        return made


def page(request: ScreenRequest) -> HttpResponseBase:
    """The matrix; administrators save a draft of the next edition."""
    request.actor.require(PUBLISH if request.method == "POST" else SEE)
    context = around(request, BOOK)
    form = MatrixForm(request.POST if request.method == "POST" else None, initial=_initial(context))
    if form.is_bound and form.is_valid():
        with form.refusals():
            commands.save_draft(request.actor, book=BOOK, content=form.content(), version=form.cleaned_data["version"])
            messages.success(request, "Draft kept. Nothing is in force before it is published.")
            return redirect("severity_matrix")
    context |= {"form": form, "slices": [_slice(form, data) for data in reversed(CHOICES[Fact.DATA])]}
    return render(request, "rulebooks/matrix.html", context, status=422 if form.is_bound else 200)


def _cells() -> list[tuple[str, str, str]]:
    return [
        (data, operations, users)
        for data in CHOICES[Fact.DATA]
        for operations in CHOICES[Fact.OPERATIONS]
        for users in CHOICES[Fact.USERS]
    ]


def _slice(form: MatrixForm, data: str) -> dict[str, Any]:
    rows = []
    for users in reversed(CHOICES[Fact.USERS]):
        fields = [form[f"{data}-{operations}-{users}"] for operations in CHOICES[Fact.OPERATIONS]]
        rows.append((users, [(field, _TONES.get(str(field.value()), ""), _word(field)) for field in fields]))
    return {
        "data": data.replace("_", " "),
        "means": MEANING[Fact.DATA, data],
        "columns": CHOICES[Fact.OPERATIONS],
        "rows": rows,
    }


def _word(field: Any) -> str:
    return str(field.value() or "none").capitalize()


def _initial(context: dict[str, Any]) -> dict[str, Any]:
    said = {
        f"{data}-{operations}-{users}": severity
        for data, rows in context["working"].items()
        for operations, cells in rows.items()
        for users, severity in cells.items()
    }
    return {**said, "version": context["draft_version"]}
