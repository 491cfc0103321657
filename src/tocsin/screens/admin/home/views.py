"""Home: asks each room what matters to this person now, and shows it on one page."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.engine.health import Health, health
from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.assurance import queries as assurance
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.delivery.queries import conservation
from tocsin.domain.drill.permissions import PLAY as PLAY_DRILL
from tocsin.domain.incidents import commands as incident_commands
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import DECLARE, RESPOND
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict
from tocsin.screens.admin.home import first_run, frame, picture
from tocsin.ui.access import ScreenRequest
from tocsin.ui.demonstration import demonstration

_NAMED = 5


@require_safe
def home(request: ScreenRequest) -> HttpResponseBase:
    """What burns, what is mine, what is due; on a new installation the five steps to a first page."""
    actor = request.actor
    rows = incidents.open_incidents(actor, limit=frame.MOST_OPEN)
    listed = catalog.services(actor)
    steps = first_run.steps(actor, listed, tried=bool(rows))
    left = sum(step.state != "done" for step in steps)
    on_call, found = oncall.on_call_now(actor), health(workers=False)
    context: dict[str, Any] = {
        "steps": steps,
        "done": len(steps) - left,
        "left": left,
        "on_call": on_call,
        "at": now(),
        "may_drill": actor.has(PLAY_DRILL),
        "demo": demonstration() if actor.has(MANAGE_PEOPLE) else None,
        **_own(actor, found),
    }
    if left and not rows:
        with frame.knowing(frame.Known(on_call, found, rows)):
            return render(request, "home/first.html", context)
    pages = oncall.my_pages(actor)
    context |= _burning(actor, rows, listed, pages)
    with frame.knowing(frame.Known(on_call, found, rows, pages)):
        return render(request, "home/home.html", context)


def _burning(
    actor: Actor,
    rows: list[incidents.IncidentRow],
    services: list[catalog.ServiceView],
    pages: list[oncall.MyPage],
) -> dict[str, Any]:
    fires = picture.burning(actor, rows)
    listed, sums = picture.services(services, rows)
    worst = fires[0] if fires else None
    return {
        "worst": worst,
        "update_url": frame.update_url(worst.row.reference, worst.row.url) if worst else "",
        "responds": actor.has(RESPOND),
        "declare_url": frame.address("declare") if actor.has(DECLARE) else "",
        "others": fires[1:9],
        "open": len(fires),
        "calls": picture.worst_first(pages),
        "mine_all": sum(page.subject.kind == "incident" for page in pages),
        # Whoever is called answers first: of two things to press only one is the loud one.
        "fire_kind": "" if pages else "primary",
        "todos": picture.todos(incidents.mine(actor), oncall.covers(actor, open_only=True)),
        "due": picture.due_next(actor, limit=6),
        "services": listed,
        "sums": sums,
        "soon": now() + timedelta(minutes=15),
    }


def _own(actor: Actor, found: Health) -> dict[str, Any]:
    reach = assurance.counts(actor)
    return {
        "own": found,
        "reach": reach,
        "unreached": sum(reach.values()),
        "verdict": frame.verdict(found),
        "last_beat": max((engine.beat_at for engine in found.engines), default=None),
        "ledger": conservation(now() - timedelta(days=1)),
    }


@require_POST
def acknowledge(request: ScreenRequest, reference: str) -> HttpResponseBase:
    """Acknowledge an incident from Home."""
    messages.success(request, incident_commands.acknowledge(request.actor, incident=reference, via="screen"))
    return redirect("home")


@require_POST
def acknowledge_all(request: ScreenRequest) -> HttpResponseBase:
    """Acknowledge every incident about which this person is being paged; one that is over meanwhile is left out."""
    request.actor.require(RESPOND)
    taken = []
    for page in oncall.my_pages(request.actor):
        if page.subject.kind == "incident":
            with suppress(Conflict):
                incident_commands.acknowledge(request.actor, incident=page.subject.id, via="screen")
                taken.append(page.subject.reference)
    more = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
    named = f"{', '.join(taken[:_NAMED])}{more} {'is' if len(taken) == 1 else 'are'} yours."
    messages.success(request, named if taken else "No page waits for your answer any more.")
    return redirect("home")


@require_POST
def test_page(request: ScreenRequest) -> HttpResponseBase:
    """Send a test alert by the first source; it pages as a real one would."""
    sources = alerts.integrations(request.actor)
    if not sources:
        messages.error(request, "There is no source of alerts yet; connect one first.")
        return redirect("home")
    alert_commands.send_test_alert(request.actor, integration_id=sources[0].id)
    messages.success(request, f"A Critical test alert is on its way by {sources[0].name}. It ends in 5 minutes.")
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_demo(request: ScreenRequest) -> HttpResponseBase:
    """Say what goes with the demo organisation; a POST takes it out of the house."""
    request.actor.require(MANAGE_PEOPLE)
    demo = demonstration()
    if demo is None:
        messages.success(request, "There is no demo organisation any more.")
        return redirect("home")
    if request.method != "POST":
        return render(request, "home/remove_demo.html", {"demo": demo, "goes": demo.goes(request.actor)})
    for sentence in demo.remove(request.actor):
        messages.warning(request, sentence)
    messages.success(request, f"{demo.name} is gone; the log keeps that it was here.")
    return redirect("home")
