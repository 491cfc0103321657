"""One escalation policy: what it would do now, and its editor."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.screens.admin.on_call.forms import PolicyForm, StepForm, step_initial
from tocsin.screens.admin.on_call.rows import Rows
from tocsin.screens.admin.on_call.views import rights
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.parts import Chip

SEVERITIES = ("critical", "high", "medium", "low")


def show(request: ScreenRequest, policy_id: UUID) -> HttpResponseBase:
    """The policy, and a rehearsal: whom would it page now, how and when, if nobody answered."""
    view = queries.policy(request.actor, str(policy_id))
    severity = request.GET.get("severity", "critical")
    severity = severity if severity in SEVERITIES else "critical"
    chips = [Chip(s.capitalize(), f"{request.path}?severity={s}", s == severity) for s in SEVERITIES]
    context = {
        "policy": view,
        "severity": severity,
        "chips": chips,
        "preview": queries.preview(request.actor, policy_id=view.id, severity=severity),
        **rights(request),
    }
    return render(request, "on_call/policy.html", context)


def edit(request: ScreenRequest, policy_id: UUID | None = None) -> HttpResponseBase:
    """Make or change a policy."""
    view = queries.policy(request.actor, str(policy_id)) if policy_id else None
    initial: dict[str, Any] = {"name": view.name, "rounds": view.rounds, "version": view.version} if view else {}
    steps = [step_initial(step) for step in view.steps] if view else [{}]
    rows = Rows(request, StepForm, "step", steps, targets=_targets(request.actor))
    if rows.adds:
        initial |= {name: request.POST[name] for name in ("name", "rounds", "version") if name in request.POST}
    form = PolicyForm(None if rows.adds else request.POST or None, initial=initial)
    if request.method == "POST" and rows.is_valid() and form.is_valid():
        given = form.cleaned_data
        with form.refusals():
            saved = commands.save_policy(
                request.actor,
                name=given["name"],
                rounds=given["rounds"],
                steps=[row.step() for row in rows.forms if not row.is_empty],
                policy_id=view.id if view else None,
                version=given["version"],
            )
            messages.success(request, "The policy is saved.")
            return redirect("policy", saved)
    context = {"policy": view, "form": form, "rows": rows}
    return render(request, "on_call/policy_edit.html", context, status=422 if form.is_bound else 200)


def remove(request: ScreenRequest, policy_id: UUID) -> HttpResponseBase:
    """Remove a policy, after its name was typed."""
    view = queries.policy(request.actor, str(policy_id))
    form = TypedConfirmation(request.POST or None, expected=view.name)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.remove_policy(request.actor, policy_id=view.id)
            messages.success(request, f"{view.name} is removed.")
            return redirect("on_call")
    context = {"what": view.name, "form": form, "back": "policy", "id": policy_id}
    return render(request, "on_call/remove.html", context, status=422 if form.is_bound else 200)


def _targets(actor: Actor) -> list[tuple[str, Any]]:
    """Everything a step can page, grouped, with the empty choice first."""
    schedules = [(f"schedule:{s.schedule_id}", s.schedule) for s in queries.on_call_now(actor)]
    teams = [(f"team:{t.id}", t.name) for t in accounts.teams(actor)]
    people = [(f"person:{p.id}", p.name) for p in accounts.people(actor, active_only=True)]
    return [("", "–"), ("Whoever is on call by", schedules), ("Everyone in the team", teams), ("One person", people)]
