"""One's own profile: name, zone, look of this device, ways in, contact methods."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tocsin.domain.accounts import commands, queries
from tocsin.domain.delivery import queries as delivery
from tocsin.screens.admin.people.forms import LookForm, ProfileForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.context import THEMES

# A year: how long this device keeps its look.
_KEPT = 365 * 24 * 3600


@never_cache
def profile(request: ScreenRequest) -> HttpResponseBase:
    """The profile of whoever looks."""
    view = queries.person(request.actor, request.actor.person)
    initial = {name: getattr(view, name) for name in ("name", "phone", "time_zone", "site", "skills", "language")}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.change_person(request.actor, person_id=view.id, **form.cleaned_data)
            messages.success(request, "Saved your profile.")
            return redirect("profile")
    context = {
        "tab": "profile",
        "form": form,
        "person": view,
        "look": LookForm(
            initial={"theme": request.COOKIES.get("theme", ""), "keys": request.COOKIES.get("keys") != "off"}
        ),
        "factors": queries.second_factors(request.actor, view.id),
        "destinations": delivery.destinations(request.actor, view.id),
    }
    return render(request, "people/profile.html", context, status=422 if form.is_bound else 200)


@require_POST
def look(request: ScreenRequest) -> HttpResponseBase:
    """Keep theme and single keys on this device, in cookies."""
    response = redirect("profile")
    theme = request.POST.get("theme", "")
    secure = request.is_secure()
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=_KEPT, samesite="Lax", secure=secure)
    else:
        response.delete_cookie("theme", samesite="Lax")
    response.set_cookie(
        "keys", "on" if request.POST.get("keys") else "off", max_age=_KEPT, samesite="Lax", secure=secure
    )
    messages.success(request, "Saved the look of this device.")
    return response
