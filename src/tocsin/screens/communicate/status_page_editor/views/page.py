"""Settings of the page itself."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.permissions import MANAGE
from tocsin.screens.communicate.status_page_editor.forms import PageForm
from tocsin.ui.access import ScreenRequest


def settings(request: ScreenRequest) -> HttpResponseBase:
    """Name, zone, languages, and whether anybody may read it."""
    page = queries.page(request.actor)
    if request.method == "POST":
        request.actor.require(MANAGE)
    house = organisation()
    initial = {
        "name": page.name if page else house.name,
        "published": page.published if page else True,
        "about": page.about if page else "",
        "support_url": page.support_url if page else "",
        "url": page.url if page else "",
        "time_zone": page.time_zone if page else house.time_zone,
        "language": page.languages[0] if page else "en",
        "others": page.languages[1:] if page else (),
        "opens_by_itself": page.opens_by_itself if page else False,
    }
    form = PageForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_page(request.actor, **form.values)
            messages.success(request, "Saved. The page shows it within a second or two.")
            return redirect("status_page")
    context = {"tab": "status_page", "part": "page", "page": page, "form": form, "manages": request.actor.has(MANAGE)}
    return render(request, "status_page_editor/page.html", context, status=422 if form.is_bound else 200)
