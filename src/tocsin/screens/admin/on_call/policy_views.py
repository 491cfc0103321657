"""One escalation policy: what it would do now, and its editor."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tocsin.domain.oncall import commands, queries
from tocsin.screens.admin.on_call.policy_forms import (
    PolicyForm,
    StepForm,
    hour_choices,
    step_initial,
    target_choices,
)
from tocsin.screens.admin.on_call.rehearsal import pictured
from tocsin.screens.admin.on_call.views import rights
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.parts import Chip
from tocsin.ui.rows import Rows

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
        **pictured(queries.simulate(request.actor, policy_id=view.id, severity=severity)),
        **rights(request),
    }
    return render(request, "on_call/policy.html", context)


def edit(request: ScreenRequest, policy_id: UUID | None = None) -> HttpResponseBase:
    """Make or change a policy, with what it would do beside it."""
    view = queries.policy(request.actor, str(policy_id)) if policy_id else None
    form, rows = _forms(request, view)
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
    context = {"policy": view, "form": form, "rows": rows, "webhooks": queries.step_webhooks(request.actor)}
    if view and not form.is_bound:
        context |= pictured(queries.simulate(request.actor, policy_id=view.id, severity="critical"))
    return render(request, "on_call/policy_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def tried(request: ScreenRequest, policy_id: UUID | None = None) -> HttpResponseBase:
    """What the policy would do as it stands in the form; nothing is saved."""
    view = queries.policy(request.actor, str(policy_id)) if policy_id else None
    form, rows = _forms(request, view)
    context: dict[str, Any] = {}
    if rows.is_valid() and form.is_valid():
        severity = request.POST.get("try_severity", "critical")
        made = queries.simulate_steps(
            request.actor,
            name=form.cleaned_data["name"],
            steps=[row.step() for row in rows.forms if not row.is_empty],
            rounds=form.cleaned_data["rounds"],
            severity=severity if severity in SEVERITIES else "critical",
            policy_id=view.id if view else "",
        )
        context = pictured(made)
    return render(request, "on_call/tried.html", context)


def _forms(request: ScreenRequest, view: queries.PolicyView | None) -> tuple[PolicyForm, Rows[StepForm]]:
    initial: dict[str, Any] = {"name": view.name, "rounds": view.rounds, "version": view.version} if view else {}
    steps = [step_initial(step) for step in view.steps] if view else [{}]
    targets = target_choices(request.actor, view.id if view else "")
    rows = Rows(request, StepForm, "step", steps, targets=targets, hours=hour_choices(request.actor))
    if rows.adds:
        initial |= {name: request.POST[name] for name in ("name", "rounds", "version") if name in request.POST}
    return PolicyForm(None if rows.adds else request.POST or None, initial=initial), rows


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
