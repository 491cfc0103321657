"""Who would be paged: a service or policy, a severity, a kind and a moment to choose; drawn, and in words below it."""

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.domain.oncall import queries
from tocsin.domain.oncall.ports import subject_kinds
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.screens.admin.on_call.timeline import spoken, timeline
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import InstantField, Levels, ScreenForm

LEVELS = [(s.value, s.word) for s in sorted(Severity, key=lambda s: -s.rank)]


class RehearsalForm(ScreenForm):
    """What fires, how bad, and when."""

    what = forms.ChoiceField(label="What fires", required=False)
    severity = forms.ChoiceField(label="Severity", choices=LEVELS, widget=Levels, initial="critical")
    kind = forms.ChoiceField(label="Kind", required=False)
    at = InstantField(label="When", required=False, help_text="Empty: now.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = [(f"service:{s.service_id}", s.service) for s in queries.service_policies(actor)]
        policies = [(f"policy:{p.id}", p.name) for p in queries.policies(actor)]
        what: Any = self.fields["what"]
        what.choices = [("", "Something without a service"), ("A service", services), ("By a policy", policies)]
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", "Not known yet"), *subject_kinds().items()]

    def asked(self) -> dict[str, Any]:
        """What the query takes."""
        given = self.cleaned_data
        which, _, id_ = given["what"].partition(":")
        return {
            "severity": given["severity"],
            "kind": given["kind"],
            "at": given["at"],
            "policy_id": id_ if which == "policy" else "",
            "service_id": id_ if which == "service" else "",
        }


@require_safe
def rehearsal(request: ScreenRequest) -> HttpResponseBase:
    """The page; a changed choice brings the picture anew."""
    data = {"severity": "critical", **request.GET.dict()}
    form = RehearsalForm(data, actor=request.actor)
    view = None
    if form.is_valid():
        with form.refusals():
            view = queries.simulate(request.actor, **form.asked())
    context = {"form": form, "place": "oncall", **(pictured(view) if view else {})}
    return render(request, "on_call/rehearsal.html", context, status=200 if view else 422)


def pictured(view: queries.SimulationView) -> dict[str, Any]:
    """A simulation for the template that draws it."""
    return {"view": view, "picture": timeline(view), "spoken": spoken(view), "later": view.at > now()}
