"""One decision about one regime or one duty, with its reason, on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.domain.incidents.queries import HubView
from tocsin.domain.obligations import commands, queries
from tocsin.domain.obligations.permissions import NOTE
from tocsin.domain.obligations.queries import LegalView
from tocsin.kernel.errors import NotFound
from tocsin.screens.assess.legal_clocks.forms import DecisionForm, HoldForm, ReasonForm, StartForm, SubmitForm
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm
from tocsin.ui.times import written


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done: name, form, command, and what it means in a sentence. `about`: regime or obligation."""

    title: str
    form: type[ScreenForm]
    command: Callable[..., Any]
    about: str
    words: str


VERBS = {
    "start": Verb(
        "Start its clocks",
        StartForm,
        commands.start,
        "regime",
        "Clocks whose moment is known run from then; others wait.",
    ),
    "set-aside": Verb(
        "Not applicable", ReasonForm, commands.set_aside, "regime", "Its clocks stop; what was submitted stays."
    ),
    "decide": Verb(
        "Record a decision", DecisionForm, commands.decide, "regime", "Kept in the register; no clock starts or stops."
    ),
    "submit": Verb(
        "Record as submitted",
        SubmitForm,
        commands.submit,
        "obligation",
        "Its alarms stop; what follows from it starts.",
    ),
    "hold": Verb(
        "Hold", HoldForm, commands.hold, "obligation", "While the authorities delay it, nobody is reminded of it."
    ),
    "waive": Verb("Not applicable", ReasonForm, commands.waive, "obligation", "Only this duty; its regime goes on."),
    "restore": Verb("Owed after all", ReasonForm, commands.owe_again, "obligation", "Its clock runs again."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: ScreenRequest, ref: str, verb: str, key: str) -> HttpResponseBase:
    """Ask for the reason, then do it and come back to the clocks."""
    request.actor.require(NOTE)
    what = VERBS.get(verb)
    if what is None:
        raise NotFound("There is no such decision.")
    context = form_page(request, ref, "assess", "legal_clocks")
    picture: HubView = context["hub"]
    found = queries.legal(request.actor, picture.incident.id, picture.incident.kind)
    about = _about(found, what, key)
    if verb == "start" and _runs(request, found, key):
        return redirect("legal_clocks", ref=picture.incident.reference)
    form = what.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            said = dict(form.cleaned_data)
            if "notify" in said:
                said["notify"] = said["notify"] == "yes"
            what.command(request.actor, incident=picture.incident.id, **{what.about: key}, **said)
            messages.success(request, f"{about}: {what.title.lower()}. It stands in the register.")
            if verb == "start" and _waits(request, picture, key):
                sentence = "No clock of it runs yet: say under 'What is known' when it began."
                messages.warning(request, sentence)
            return redirect("legal_clocks", ref=picture.incident.reference)
    context |= {"form": form, "verb": what, "about": about}
    return render(request, "legal_clocks/act.html", context, status=422 if form.is_bound else 200)


def _runs(request: ScreenRequest, found: LegalView, key: str) -> bool:
    """Whether the clocks of the regime run already; then who started them is said, and nothing is asked."""
    regime = next(each for each in found.regimes if each.key == key)
    if regime.state != "applies":
        return False
    when = f" {written(regime.at)}" if regime.at else ""
    told = f"The clocks of {regime.name} run already: {regime.by} started them{when}. Nothing was changed."
    if request.POST.get("reason", "").strip():
        told += " Your reason was not kept; 'Record a decision' keeps it."
    messages.warning(request, told)
    return True


def _waits(request: ScreenRequest, picture: HubView, regime: str) -> bool:
    """True when every clock of the regime that was just started waits for a moment that nobody has said."""
    found = queries.legal(request.actor, picture.incident.id, picture.incident.kind)
    owed = [each for each in found.obligations if each.regime == regime and not each.why_not]
    return bool(owed) and all(each.standing == "waiting" for each in owed)


def _about(found: LegalView, what: Verb, key: str) -> str:
    if what.about == "regime":
        names = {regime.key: regime.name for regime in found.regimes}
    else:
        names = {each.id: f"{each.regime_name}, {each.owed}" for each in found.obligations}
    if key not in names:
        raise NotFound("There is no such regime or duty in this incident.")
    return names[key]
