"""What all rulebooks share: the draft with what it changes, publish and discard, and older editions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.rulebooks import commands, queries
from tocsin.domain.rulebooks.permissions import PUBLISH
from tocsin.domain.rulebooks.queries import EditionView
from tocsin.kernel.errors import NotFound
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

PLACES = {"targets": "targets", "matrix": "severity_matrix", "clocks": "clocks"}
TITLES = {"targets": "Deadline targets", "matrix": "Severity matrix", "clocks": "Legal clocks"}


class PublishForm(ScreenForm):
    """Put the draft into force."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(label="Why", required=False, max_length=2000, help_text="Kept with the edition.")


def around(request: ScreenRequest, book: str) -> dict[str, Any]:
    """Draft and editions of a book, for its page. `working`: the content that is being edited."""
    standing, draft = queries.in_force(request.actor, book), queries.draft(request.actor, book)
    found = queries.editions(request.actor, book)
    return {
        "tab": PLACES[book],
        "book": book,
        "title": TITLES[book],
        "standing": standing,
        "draft": draft,
        "changes": queries.changes(request.actor, book, standing.number, draft) if draft else [],
        "editions": found,
        "publish_form": PublishForm(initial={"version": draft.version}) if draft else None,
        "may": request.actor.has(PUBLISH),
        "working": (draft or standing).content,
        "draft_version": draft.version if draft else None,
    }


@require_POST
def publish(request: ScreenRequest, book: str) -> HttpResponseBase:
    """Publish the draft that was looked at."""
    form = PublishForm(request.POST)
    form.is_valid()
    given = form.cleaned_data
    number = commands.publish(request.actor, book=book, version=given.get("version"), note=given.get("note", ""))
    messages.success(request, f"Edition {number} is in force. What was begun under an older one keeps it.")
    return redirect(PLACES[book])


@require_POST
def discard(request: ScreenRequest, book: str) -> HttpResponseBase:
    """Throw the draft away."""
    commands.discard_draft(request.actor, book=book)
    messages.success(request, "The draft is gone; the edition in force stays.")
    return redirect(PLACES.get(book, "settings"))


@require_safe
def edition(request: ScreenRequest, book: str, number: int) -> HttpResponseBase:
    """An older edition: who published it when and why, and what it changed."""
    if book not in PLACES:
        raise NotFound("There is no such rulebook.")
    found = queries.edition(request.actor, book, number)
    context = {
        "tab": PLACES[book],
        "book": book,
        "title": TITLES[book],
        "edition": found,
        "place": PLACES[book],
        "changed": queries.changes(request.actor, book, found.based_on, found) if found.based_on else [],
        "since": _since(request, book, found),
    }
    return render(request, "rulebooks/edition.html", context)


def _since(request: ScreenRequest, book: str, found: EditionView) -> list[str]:
    standing = queries.in_force(request.actor, book)
    return [] if standing.number == found.number else queries.changes(request.actor, book, found.number, standing)
