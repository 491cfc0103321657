"""On call at one look: who is on call now and next, two weeks ahead, the policies, and which service uses which."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.permissions import CONFIGURE, OVERRIDE
from tocsin.kernel.clock import now
from tocsin.screens.admin.on_call.picture import picture
from tocsin.ui.access import ScreenRequest


def rights(request: ScreenRequest) -> dict[str, bool]:
    """What this person may change here."""
    return {"may_configure": request.actor.has(CONFIGURE), "may_override": request.actor.has(OVERRIDE)}


def gaps_ahead(gaps: Iterable[queries.ShiftView], at: datetime) -> list[queries.ShiftView]:
    """Those that are not over: nobody can mend the others."""
    return [gap for gap in gaps if gap.end > at]


def on_call(request: ScreenRequest) -> HttpResponse:
    """The page of the place 'On call'."""
    at = now()
    by_id = {plan.schedule_id: plan for plan in queries.plans_ahead(request.actor)}
    schedules = [
        {"view": view, "plan": plan, "picture": picture(plan, at, layers=False), "gaps": gaps_ahead(plan.gaps, at)}
        for view in queries.on_call_now(request.actor)
        for plan in [by_id.get(view.schedule_id)]
        if plan
    ]
    context = {
        "covers": [
            one for one in queries.covers(request.actor, open_only=True) if one.may_answer and not one.viewer_declined
        ],
        "schedules": schedules,
        "policies": queries.policies(request.actor),
        "services": queries.service_policies(request.actor),
        "viewer_zone": timezone.get_current_timezone_name(),
        "tab": "on_call",
        "place": "oncall",
        **rights(request),
    }
    return render(request, "on_call/on_call.html", context)


@require_POST
def services(request: ScreenRequest) -> HttpResponseBase:
    """Give services their policies: one select per service."""
    changed = 0
    for view in queries.service_policies(request.actor):
        chosen = request.POST.get(f"policy-{view.service_id}")
        if chosen is not None and chosen != view.policy_id:
            commands.set_service_policy(request.actor, service_id=view.service_id, policy_id=chosen or None)
            changed += 1
    if changed:
        messages.success(request, f"{changed} service{'' if changed == 1 else 's'} changed.")
    return redirect("on_call")
