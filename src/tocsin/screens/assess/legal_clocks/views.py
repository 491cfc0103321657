"""The legal clocks of one incident on one page: what is owed, what may apply, what is known, what was set aside."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.incidents.queries import HubView, IncidentView
from tocsin.domain.obligations import commands, queries
from tocsin.domain.obligations.permissions import DECIDE, NOTE
from tocsin.domain.obligations.queries import LegalView, ObligationView
from tocsin.kernel.actor import Actor
from tocsin.screens.assess.legal_clocks.forms import KnownForm
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "assess", "legal_clocks"
LOOKS = {
    "not_owed": ("off", "Not owed"),
    "waiting": ("wait", "Waits"),
    "at_once": ("warn", "Owed at once"),
    "held": ("held", "Held"),
    "on_track": ("wait", "Owed"),
    "at_risk": ("warn", "At risk"),
    "breached": ("bad", "Missed"),
    "met": ("ok", "Submitted"),
    "met_late": ("high", "Submitted late"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Look; a POST keeps what is known. Nothing starts by keeping facts: people start clocks."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    seen = picture.incident
    found = queries.legal(request.actor, seen.id, seen.kind)
    proposed = _proposed(seen)
    taking = request.POST.get("take", "")
    form = KnownForm(_typed(request, proposed), seen=found, proposed=proposed)
    if request.method == "POST":
        request.actor.require(NOTE)
        if taking not in proposed and form.is_valid():
            with form.refusals():
                commands.note(request.actor, incident=seen.id, **form.said())
                messages.success(request, "Kept. Clocks that hang on it moved with it.")
                return redirect(SCREEN, ref=seen.reference)
    context |= {"form": form, "legal": found, "may_decide": may_decide(request.actor, seen), **_parts(found)}
    context["may_note"] = request.actor.has(NOTE)
    refused = form.is_bound and taking not in proposed
    return render(request, "legal_clocks/page.html", context, status=422 if refused else 200)


def _typed(request: ScreenRequest, proposed: dict[str, datetime]) -> QueryDict | None:
    """What was typed; the button beside a moment puts in what the incident says of it. Nothing is kept by that."""
    if request.method != "POST":
        return None
    taken = request.POST.get("take", "")
    if taken not in proposed:
        return request.POST
    given = request.POST.copy()
    given[taken] = f"{timezone.localtime(proposed[taken]):%Y-%m-%dT%H:%M}"
    return given


@require_POST
def replan(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Let the clocks follow the edition in force."""
    number = commands.replan_by(request.actor, incident=ref)
    messages.success(request, f"The clocks follow edition {number} now. What was submitted stays.")
    return redirect(SCREEN, ref=ref)


def may_decide(actor: Actor, seen: IncidentView) -> bool:
    """Whether to offer decisions; the commands ask again."""
    held = {role.role for role in seen.roles if role.person.id == actor.person and role.accepted}
    return actor.has(DECIDE) or (actor.has(NOTE) and bool(held & {"commander", "security"}))


def _proposed(seen: IncidentView) -> dict[str, datetime]:
    """What the incident itself says of moments: shown as a hint, never taken by itself."""
    known = {
        "occurred": seen.alarm_at,
        "aware": seen.acknowledged_at or seen.declared_at,
        "recovered": seen.mitigated_at,
        "ended": seen.resolved_at,
    }
    return {key: at for key, at in known.items() if at is not None}


def _parts(found: LegalView) -> dict[str, Any]:
    by_state: dict[str, list[Any]] = {}
    for regime in found.regimes:
        by_state.setdefault(regime.state, []).append(regime)
    return {
        "applying": [
            (regime, [(o, *LOOKS[o.standing]) for o in _ordered(regime.obligations)])
            for regime in by_state.get("applies", [])
        ],
        "proposed": by_state.get("proposed", []) + by_state.get("possible", []),
        "set_aside": by_state.get("set_aside", []),
        "others": by_state.get("other", []),
    }


def _ordered(obligations: tuple[ObligationView, ...]) -> list[ObligationView]:
    """As the chain goes, with what is not owed last."""
    return sorted(obligations, key=lambda each: each.standing == "not_owed")
