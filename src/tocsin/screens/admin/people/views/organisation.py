"""The organisation: name, zone, working hours, holidays, catch-all people."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts import commands, queries
from tocsin.domain.accounts.permissions import CHANGE_ORGANISATION, SEE
from tocsin.screens.admin.people.forms import OrganisationForm
from tocsin.ui.access import ScreenRequest

Week = dict[str, list[list[str]]]


def organisation(request: ScreenRequest) -> HttpResponseBase:
    """The organisation's settings; administrators change them."""
    request.actor.require(CHANGE_ORGANISATION if request.method == "POST" else SEE)
    view = queries.organisation()
    people = queries.people(request.actor, active_only=True)
    form = OrganisationForm(request.POST or None, initial=_initial(view), people=people)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.change_organisation(request.actor, **_given(form.cleaned_data, view.hours))
            messages.success(request, "Saved the organisation.")
            return redirect("organisation")
    context = {
        "tab": "organisation",
        "organisation": view,
        "form": form if request.actor.has(CHANGE_ORGANISATION) else None,
        "catch_all": [person for person in people if person.id in view.catch_all_ids],
    }
    return render(request, "people/organisation.html", context, status=422 if form.is_bound else 200)


def _initial(view: queries.OrganisationView) -> dict[str, Any]:
    first = next((spans[0] for spans in view.hours.values() if spans), ["09:00", "17:00"])
    return {
        "name": view.name,
        "url": view.url,
        "time_zone": view.time_zone,
        "days": [day for day, spans in view.hours.items() if spans],
        "opens": time.fromisoformat(first[0]),
        "closes": time.fromisoformat(first[1]),
        "holiday_region": view.holiday_region,
        "closed_dates": " ".join(view.closed_dates),
        "catch_all": view.catch_all_ids,
    }


def week_of(cleaned: Mapping[str, Any], standing: Week) -> Week:
    """The week that a form's days and one span of hours mean.

    Hours that differ from day to day come from a file; unless the span changed, they stay.
    """
    if not cleaned["days"]:
        return {}
    span = [f"{cleaned['opens'] or time(9):%H:%M}", f"{cleaned['closes'] or time(17):%H:%M}"]
    before = next((spans[0] for spans in standing.values() if spans), [])
    kept = {day: spans for day, spans in standing.items() if spans} if span == before else {}
    return {day: kept.get(day, [span]) for day in cleaned["days"]}


def _given(cleaned: dict[str, Any], standing: Week) -> dict[str, Any]:
    names = ("name", "url", "time_zone", "holiday_region", "catch_all")
    return {
        **{name: cleaned[name] for name in names},
        "hours": week_of(cleaned, standing),
        "closed_dates": cleaned["closed_dates"].replace(",", " ").split(),
    }
