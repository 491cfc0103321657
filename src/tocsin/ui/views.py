"""The palette: rows for what was typed, as a fragment for the dialog or as a page without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.ui import shell
from tocsin.ui.access import actor_of

MOST_LETTERS = 200
_FIRST = ("Do", "Go to")
_LAST = "Found"


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """`GET /palette?q=…`. With the header `X-Palette` only the rows."""
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    hits = sorted(shell.palette(actor_of(request), text), key=_place)
    template = "ui/parts/hits.html" if request.headers.get("X-Palette") else "ui/palette.html"
    return render(request, template, {"hits": hits, "text": text})


def _place(hit: shell.Action) -> tuple[int, str]:
    """Actions first, then places, settings, and last what was found; groups stay together, rows keep their order."""
    if hit.group in _FIRST:
        return _FIRST.index(hit.group), ""
    return len(_FIRST) + (hit.group == _LAST), hit.group
