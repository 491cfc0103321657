"""The drill as a page: its steps, what they proved, and the buttons that steer the player. Asks and orders only."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.drill import commands
from tocsin.domain.drill.permissions import PLAY
from tocsin.domain.drill.queries import DrillView, StepView, latest
from tocsin.domain.drill.rules import LOST_AFTER, OUTAGE, is_lost
from tocsin.domain.incidents.queries import incident
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Refused
from tocsin.ui.access import ScreenRequest

STATUS_PAGE = "/status/"
"""Served beside Django, so no name leads there."""
SCREENS = {
    "detect": ("classification", "Incident Classification Panel"),
    "page": ("team_notification_system", "Team Notification System"),
    "assess": ("impact_assessment_tool", "Impact Assessment Tool"),
    "team": ("activate_response_team", "Activate Response Team"),
    "roles": ("role_assignment_matrix", "Role Assignment Matrix"),
    "tell": ("status_update", "Send Status Update"),
    "validate": ("resolution_implementation", "Resolution Implementation"),
    "resolve": ("resolution_implementation", "Resolution Implementation"),
    "report": ("incident_documentation_portal", "Incident Documentation Portal"),
}
"""Where a step is done by hand: the name of the screen's address, and its name for people."""


@dataclass(frozen=True, slots=True)
class Row:
    """A step with its links resolved."""

    view: StepView
    facts: list[tuple[str, str]]
    screen: str
    screen_url: str


@require_safe
@never_cache
def page(request: ScreenRequest) -> HttpResponseBase:
    """The drill under way, the one that ended last, or what a drill would do. Three queries at most."""
    found = latest(request.actor)
    context: dict[str, Any] = {"drill": found, "may_play": request.actor.has(PLAY), "script": OUTAGE}
    if found is not None:
        seen = _fingerprint(found)
        if request.htmx and request.GET.get("seen") == seen:
            # Nothing new: a swap would only take the button away under somebody's finger.
            return HttpResponse(status=204)
        reference = _reference(request, found)
        context |= {
            "seen": seen,
            "status_url": STATUS_PAGE,
            "rows": [_row(step, found, reference) for step in found.steps],
            "reference": reference,
            "current": found.current,
            "lost": found.running and is_lost(found.beat_at, now()),
            "lost_after": LOST_AFTER,
            "waits": bool(found.order) or not found.made,
        }
    return render(request, "drill/page.html", context)


@require_POST
def start(request: ScreenRequest) -> HttpResponseBase:
    """Begin a drill; the engine starts its player."""
    try:
        commands.begin(request.actor, by_itself=request.POST.get("how") == "auto")
    except Conflict as refused:
        messages.info(request, refused.sentence)
    return redirect("drill")


@require_POST
def steer(request: ScreenRequest) -> HttpResponseBase:
    """Go on, do the rest, or stop. A drill that ended meanwhile is no error."""
    order = request.POST.get("order", "")
    commands.order(request.actor, drill_id=request.POST.get("drill", ""), order=order)
    if order == "stop":
        messages.info(request, "The drill stops; everything it made is being removed.")
    return redirect("drill")


def _fingerprint(found: DrillView) -> str:
    """Changes with whatever the page shows of a drill that is under way."""
    shown = (found.id, found.steps, found.order, found.by_itself, found.ended_at, found.incident, found.made)
    return sha256(repr((*shown, is_lost(found.beat_at, now()))).encode()).hexdigest()[:16]


def _reference(request: ScreenRequest, found: DrillView) -> str:
    if not found.incident:
        return ""
    try:
        return incident(request.actor, found.incident).reference
    except Refused:
        return ""


def _row(step: StepView, found: DrillView, reference: str) -> Row:
    facts = [(fact.text, _link(fact.url, gone=not found.running)) for fact in step.facts]
    name, title = SCREENS.get(step.step.key, ("", ""))
    address = _address(name, reference) or _address(name) if name and step.state else ""
    return Row(step, facts, title, address)


def _link(url: str, *, gone: bool) -> str:
    """Where a fact can be seen. Of a drill that is over only the incident is left."""
    if not url.startswith("screen:"):
        return "" if gone and not url.startswith("/incidents/") else url
    name, *given = url.removeprefix("screen:").split("/")
    found = _address(name, *given)
    return "" if gone and not found.startswith("/incidents/") else found


def _address(name: str, *given: str) -> str:
    """Path of a screen; empty when there is no such screen (for what was given)."""
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""
