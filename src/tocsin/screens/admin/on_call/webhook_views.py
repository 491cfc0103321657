"""Webhooks of the organisation that steps of a policy can tell: listed, added with their secret, removed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from tocsin.domain.delivery import commands, queries
from tocsin.domain.delivery.permissions import MANAGE
from tocsin.domain.delivery.queries import DestinationView
from tocsin.domain.oncall.queries import policies
from tocsin.domain.oncall.snapshots import WEBHOOK
from tocsin.kernel.errors import NotFound
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm, TypedConfirmation


class WebhookForm(ScreenForm):
    """A name for steps, and where to post."""

    label = forms.CharField(label="Name", max_length=80, help_text="What steps call it: Bridge bot, Wall display.")
    address = forms.URLField(
        label="Address",
        assume_scheme="https",
        help_text="JSON is posted there, signed by the Standard Webhooks rules.",
    )


@never_cache
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All of them with their secrets, for administrators; POST adds one."""
    request.actor.require(MANAGE)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.add_destination(request.actor, kind=WEBHOOK, **form.cleaned_data)
            messages.success(request, "The webhook is added; steps can tell it now.")
            return redirect("step_webhooks")
    context = {"form": form, "webhooks": _all(request), "place": "oncall"}
    return render(request, "on_call/webhooks.html", context, status=422 if form.is_bound else 200)


@never_cache
def remove(request: ScreenRequest, webhook_id: UUID) -> HttpResponseBase:
    """Remove one, after its name was typed; steps that tell it become holes that paging reports."""
    request.actor.require(MANAGE)
    found = next((view for view in _all(request) if view.id == str(webhook_id)), None)
    if found is None:
        raise NotFound("There is no such webhook.")
    name = found.label or found.address_hint
    form = TypedConfirmation(request.POST or None, expected=name)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.remove_destination(request.actor, destination_id=found.id)
            messages.success(request, f"{name} is removed.")
            return redirect("step_webhooks")
    used = [p.name for p in policies(request.actor) if any(t.id == found.id for s in p.steps for t in s.targets)]
    context: dict[str, Any] = {"name": name, "form": form, "used": used, "place": "oncall"}
    return render(request, "on_call/webhook_remove.html", context, status=422 if form.is_bound else 200)


def _all(request: ScreenRequest) -> list[DestinationView]:
    return [view for view in queries.destinations(request.actor, "") if view.kind == WEBHOOK]
