"""Texts agreed on beforehand."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import PUBLISH
from tocsin.domain.statuspage.queries import TextView
from tocsin.domain.statuspage.wording import as_line
from tocsin.kernel.errors import NotFound
from tocsin.screens.communicate.status_page_editor.forms import TextForm, words
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Table, from_list

_COLUMNS: list[Column[TextView]] = [
    Column(
        "name",
        "Text",
        lambda t: format_html(
            '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
            reverse("status_text", args=[t.id]),
            t.name,
            as_line(t.body, 120),
        ),
        sort="name",
        plain=lambda t: t.name,
    ),
    Column("status", "For", lambda t: words(t.status), sort="status"),
]
_TABLE: Table[TextView] = Table("texts", "Agreed texts", _COLUMNS, sort="name")


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All texts by name."""
    fetch = from_list(queries.texts(request.actor), _COLUMNS)
    context = {
        "tab": "status_page",
        "part": "texts",
        "table": _TABLE.page(request, fetch),
        "manages": request.actor.has(PUBLISH),
    }
    return _TABLE.csv(request, fetch) or render(request, "status_page_editor/texts.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Keep a new text."""
    request.actor.require(PUBLISH)
    return _edit(request, TextForm(request.POST or None), "")


def change(request: ScreenRequest, text: str) -> HttpResponseBase:
    """Change a text."""
    request.actor.require(PUBLISH)
    found = next((one for one in queries.texts(request.actor) if one.id == str(text)), None)
    if found is None:
        raise NotFound("There is no such text.")
    initial = {"name": found.name, "status": found.status, "body": found.body}
    return _edit(request, TextForm(request.POST or None, initial=initial), found.id)


def _edit(request: ScreenRequest, form: TextForm, text_id: str) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_text(request.actor, text_id=text_id, **form.cleaned_data)
            messages.success(request, f"Saved {form.cleaned_data['name']}.")
            return redirect("status_texts")
    context = {"tab": "status_page", "part": "texts", "form": form, "text_id": text_id}
    return render(request, "status_page_editor/text.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: ScreenRequest, text: str) -> HttpResponseBase:
    """Drop a text."""
    commands.remove_text(request.actor, text_id=str(text))
    messages.success(request, "Removed the text.")
    return redirect("status_texts")
