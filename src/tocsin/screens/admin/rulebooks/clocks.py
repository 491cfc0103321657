"""The legal clocks as administrators edit them: who we are, regimes, the clocks of each. Every change is a draft."""

from copy import deepcopy
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.obligations.rules.planning import counted
from tocsin.domain.obligations.rules.regimes import WHO, Clocks, Regime, read
from tocsin.domain.rulebooks import commands
from tocsin.domain.rulebooks.permissions import PUBLISH, SEE
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.rulebooks.clock_forms import ClockForm, RegimeForm, WhoForm, key_of, merged
from tocsin.screens.admin.rulebooks.editions import around
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm

BOOK = "clocks"


def page(request: ScreenRequest) -> HttpResponseBase:
    """All regimes; administrators say who we are."""
    context = _context(request)
    book = read(context["working"])
    form = WhoForm(request.POST if request.method == "POST" else None, initial={"who": book.who})
    if form.is_bound and form.is_valid():
        with form.refusals():
            _save(request, context, {**context["working"], "who": form.cleaned_data["who"]})
            return redirect("clocks")
    context |= {
        "form": form,
        "who": [WHO[each] for each in book.who],
        "regimes": [(regime, _lines(book, regime)) for regime in book.regimes],
    }
    return render(request, "rulebooks/clocks.html", context, status=422 if form.is_bound else 200)


def add_regime(request: ScreenRequest) -> HttpResponseBase:
    """Add a regime with its first clock to come, such as a contract's."""
    request.actor.require(PUBLISH)
    context = _context(request)
    form = RegimeForm(request.POST if request.method == "POST" else None, initial={"kinds": ["security"]})
    if form.is_bound and form.is_valid():
        book = read(context["working"])
        key = key_of(form.cleaned_data["name"], [regime.key for regime in book.regimes])
        first = {"key": "notice", "owed": "Notice", "to": form.cleaned_data["name"], "trigger": "aware", "amount": 72}
        with form.refusals():
            fresh = {"key": key, **form.content(), "clocks": [first]}
            _save(request, context, {**context["working"], "regimes": [*context["working"]["regimes"], fresh]})
            return redirect("regime", regime=key)
    return _form_page(request, context, form, "Add a regime", "clocks")


def regime(request: ScreenRequest, regime: str) -> HttpResponseBase:
    """One regime: where it is written, when it is proposed, its clocks."""
    context = _context(request)
    found, at = _regime(context, regime)
    form = RegimeForm(request.POST if request.method == "POST" else None, initial=context["working"]["regimes"][at])
    if form.is_bound and form.is_valid():
        with form.refusals():
            content = deepcopy(context["working"])
            content["regimes"][at] = merged(content["regimes"][at], form.content(), form.fields)
            _save(request, context, content)
            return redirect("regime", regime=regime)
    context |= {"form": form, "regime": found, "lines": _lines(read(context["working"]), found)}
    return render(request, "rulebooks/regime.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_regime(request: ScreenRequest, regime: str) -> HttpResponseBase:
    """Leave a regime out of the next edition."""
    context = _context(request)
    _, at = _regime(context, regime)
    content = deepcopy(context["working"])
    del content["regimes"][at]
    _save(request, context, content)
    return redirect("clocks")


def add_clock(request: ScreenRequest, regime: str) -> HttpResponseBase:
    """Add a clock to a regime."""
    request.actor.require(PUBLISH)
    context = _context(request)
    found, at = _regime(context, regime)
    posted = request.POST if request.method == "POST" else None
    form = ClockForm(posted, book=read(context["working"]), regime=found, initial={"unit": "hours", "trigger": "aware"})
    if form.is_bound and form.is_valid():
        with form.refusals():
            content = deepcopy(context["working"])
            key = key_of(form.cleaned_data["owed"], [clock.key for clock in found.clocks])
            content["regimes"][at]["clocks"].append({"key": key, **form.content()})
            _save(request, context, content)
            return redirect("regime", regime=regime)
    return _form_page(request, context, form, f"Add a clock to {found.name}", "regime", regime)


def clock(request: ScreenRequest, regime: str, clock: str) -> HttpResponseBase:
    """Change a clock."""
    request.actor.require(PUBLISH)
    context = _context(request)
    found, at = _regime(context, regime)
    place = _place(found, clock)
    kept = context["working"]["regimes"][at]["clocks"][place]
    posted = request.POST if request.method == "POST" else None
    form = ClockForm(posted, book=read(context["working"]), regime=found, own=clock, initial={"unit": "hours", **kept})
    if form.is_bound and form.is_valid():
        with form.refusals():
            content = deepcopy(context["working"])
            content["regimes"][at]["clocks"][place] = merged(kept, form.content(), form.fields)
            _save(request, context, content)
            return redirect("regime", regime=regime)
    context["remove"] = ("clock_remove", found.clocks[place].owed, clock)
    return _form_page(request, context, form, f"{found.name}: {found.clocks[place].owed}", "regime", regime)


@require_POST
def remove_clock(request: ScreenRequest, regime: str, clock: str) -> HttpResponseBase:
    """Leave a clock out of the next edition."""
    context = _context(request)
    found, at = _regime(context, regime)
    content = deepcopy(context["working"])
    del content["regimes"][at]["clocks"][_place(found, clock)]
    _save(request, context, content)
    return redirect("regime", regime=regime)


def _context(request: ScreenRequest) -> dict[str, Any]:
    request.actor.require(PUBLISH if request.method == "POST" else SEE)
    return around(request, BOOK)


def _save(request: ScreenRequest, context: dict[str, Any], content: dict[str, Any]) -> None:
    commands.save_draft(request.actor, book=BOOK, content=content, version=context["draft_version"])
    messages.success(request, "Draft kept. Nothing is in force before it is published.")


def _regime(context: dict[str, Any], key: str) -> tuple[Regime, int]:
    for at, found in enumerate(read(context["working"]).regimes):
        if found.key == key:
            return found, at
    raise NotFound("There is no such regime in the book.")


def _place(regime: Regime, key: str) -> int:
    for at, found in enumerate(regime.clocks):
        if found.key == key:
            return at
    raise NotFound("There is no such clock in this regime.")


def _lines(book: Clocks, regime: Regime) -> list[dict[str, Any]]:
    return [
        {
            "clock": each,
            "term": each.term_for(book.who).words() if each.amount else "at once",
            "counted": counted(regime, each),
        }
        for each in regime.clocks
    ]


def _form_page(
    request: ScreenRequest, context: dict[str, Any], form: ScreenForm, heading: str, back: str, regime: str = ""
) -> HttpResponseBase:
    context |= {"form": form, "heading": heading, "back": back, "key": regime}
    return render(request, "rulebooks/form.html", context, status=422 if form.is_bound else 200)
