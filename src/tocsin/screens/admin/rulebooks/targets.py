"""Targets per severity as one grid of words: '4 hours', '2 business days', empty for none."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.incidents.rules.books import SEVERITIES
from tocsin.domain.incidents.rules.deadlines import DeadlineKind
from tocsin.domain.rulebooks import commands
from tocsin.domain.rulebooks.permissions import PUBLISH, SEE
from tocsin.screens.admin.rulebooks.editions import around
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

BOOK = "targets"


class TargetsForm(ScreenForm):
    """One field for each severity and kind of deadline."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in SEVERITIES:
            for kind in DeadlineKind:
                self.fields[f"{severity.value}_{kind.value}"] = forms.CharField(
                    label=f"{severity.word}, {kind.words}",
                    required=False,
                    max_length=60,
                    widget=forms.TextInput(
                        attrs={
                            "class": "form-control",
                            "placeholder": "none",
                            "aria-label": f"{severity.word}, {kind.words}",
                        }
                    ),
                )

    def rows(self) -> list[tuple[str, list[Any]]]:
        """Kinds with their fields, worst severity first."""
        return [
            (kind.words, [self[f"{severity.value}_{kind.value}"] for severity in SEVERITIES]) for kind in DeadlineKind
        ]

    def content(self) -> dict[str, Any]:
        """What the book keeps."""
        given = self.cleaned_data
        return {
            severity.value: {
                kind.value: said
                for kind in DeadlineKind
                if (said := str(given[f"{severity.value}_{kind.value}"]).strip())
            }
            for severity in SEVERITIES
        }


def page(request: ScreenRequest) -> HttpResponseBase:
    """The targets; administrators save a draft of the next edition."""
    request.actor.require(PUBLISH if request.method == "POST" else SEE)
    context = around(request, BOOK)
    form = TargetsForm(request.POST if request.method == "POST" else None, initial=_initial(context))
    if form.is_bound and form.is_valid():
        with form.refusals():
            commands.save_draft(request.actor, book=BOOK, content=form.content(), version=form.cleaned_data["version"])
            messages.success(request, "Draft kept. Nothing is in force before it is published.")
            return redirect("targets")
    context |= {"form": form, "severities": SEVERITIES}
    return render(request, "rulebooks/targets.html", context, status=422 if form.is_bound else 200)


def _initial(context: dict[str, Any]) -> dict[str, Any]:
    said = {
        f"{severity}_{kind}": words for severity, kinds in context["working"].items() for kind, words in kinds.items()
    }
    return {**said, "version": context["draft_version"]}
