"""Proposed incidents with their reasons, and what can be done with each."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from tocsin.domain.alerts import commands as alert_commands
from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.queries import ProposalView
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, Kind, State
from tocsin.domain.triage import queries as triage
from tocsin.domain.triage.queries import HintView
from tocsin.domain.triage.rules.learning import DISMISSED
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.screens.detect.incident_classification_panel.covering import cover
from tocsin.screens.detect.incident_classification_panel.forms import (
    ConfirmForm,
    DismissForm,
    MergeForm,
    SilenceForm,
    SplitForm,
)
from tocsin.screens.detect.incident_classification_panel.sharing import group_chips, shared_matchers
from tocsin.screens.detect.incident_classification_panel.tabs import tabs
from tocsin.screens.incident_alerts import counted
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import ScreenForm
from tocsin.ui.times import written
from tocsin.ui.undo import offer_undo

TITLES = {
    "confirm": "Confirm",
    "dismiss": "Dismiss",
    "merge": "Merge",
    "split": "Split",
    "silence": "Silence",
}


PAGE = 50
"""Proposals on one page, worst first."""
FOLLOWS = {
    "confirm": "It is counted from the first alarm; its deadlines run on.",
    "dismiss": "It was no incident. Nobody is paged for it any more and nothing more is due.",
    "merge": (
        "It is the same trouble. Its alerts and services go over to the one that goes on. "
        "It can be taken back as long as that one is worked on."
    ),
    "split": "What you choose goes into an incident of its own, which pages; the history stays, both name each other.",
    "silence": "These alerts page nobody until it ends. The incident stays.",
}
"""What follows from each decision, said before it is made."""


def listing(request: ScreenRequest) -> HttpResponseBase:
    """What waits for a person's word, worst first. `at` in the address is the one that the keys are about."""
    page = max(1, _number(request.GET.get("page", "")))
    found = queries.proposals(request.actor, PAGE, offset=(page - 1) * PAGE)
    total = len(found) if page == 1 and len(found) < PAGE else queries.counts(request.actor).get(State.DETECTED, 0)
    pages = max(1, -(-total // PAGE))
    if page > pages:
        return redirect(f"{reverse('classification')}?page={pages}")
    context = {
        "total": total,
        "page": page,
        "pages": pages,
        "first": (page - 1) * PAGE + 1,
        "last": (page - 1) * PAGE + len(found),
        "place": "incidents",
        "tabs": tabs("classification"),
        "hints": hints_of(request, found),
        "proposals": found,
        "kinds": {kind.value: kind.words for kind in Kind},
        **counted(request.actor, [group for proposal in found for group in proposal.groups], quiet=True),
        "may": request.actor.has(RESPOND),
        **_around([proposal.row.reference for proposal in found], request.GET.get("at", "")),
    }
    return render(request, "incident_classification_panel/proposals.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def hints_of(request: ScreenRequest, found: Sequence[ProposalView]) -> dict[str, Any]:
    """What earlier decisions suggest for each proposal, by reference. Two queries for any number."""
    groups = {proposal.row.reference: [group.group_id for group in proposal.groups] for proposal in found}
    return {reference: shown(hint) for reference, hint in triage.hints(request.actor, groups).items()}


def shown(hint: HintView) -> dict[str, Any]:
    """A hint in the words of the page; empty where nothing like it was ever decided."""
    if hint.guess is None:
        return {}
    outcome = hint.guess.outcome
    kind = "" if outcome == DISMISSED else Kind(outcome).words
    return {
        "guess": hint.guess,
        "kind": outcome if kind else "",
        "words": kind or "no incident",
        "percent": round(100 * hint.guess.confidence),
    }


def _around(references: list[str], at: str) -> dict[str, str]:
    """Which proposal the keys are about, the one before and the one after it."""
    if not references:
        return {"at": "", "before": "", "after": ""}
    place = references.index(at) if at in references else 0
    return {
        "at": references[place],
        "before": references[place - 1] if place else "",
        "after": references[place + 1] if place + 1 < len(references) else "",
    }


def act(request: ScreenRequest, ref: str, verb: str) -> HttpResponseBase:
    """One decision about one proposal, with its reason. A button named `look` only shows what a silence would cover."""
    request.actor.require(RESPOND)
    proposal = _proposal(request, ref, verb)
    form = _form(request, verb, proposal)
    looking = request.method != "POST" or "look" in request.POST
    if not looking and form.is_valid():
        with form.refusals():
            return _decided(request, verb, proposal, form)
    context = {
        "place": "incidents",
        "proposal": proposal,
        "verb": verb,
        "title": TITLES[verb],
        "follows": FOLLOWS[verb],
        "form": form,
        "cover": cover(request.actor, str(form["matchers"].value() or "")) if verb == "silence" else None,
        "chips": group_chips(proposal.groups, _chosen(request, proposal)) if verb == "silence" else [],
    }
    return render(request, "incident_classification_panel/act.html", context, status=200 if looking else 422)


def _decided(request: ScreenRequest, verb: str, proposal: ProposalView, form: ScreenForm) -> HttpResponseBase:
    row = proposal.row
    done = f"{row.reference}: {_do(request, verb, proposal, dict(form.cleaned_data))}."
    if verb in UNDONE_BY:
        offer_undo(request, done, reverse(UNDONE_BY[verb], kwargs={"ref": row.reference}))
    else:
        messages.success(request, done)
    if row.state == State.DETECTED:
        return redirect("classification")
    return redirect("incident_classification", ref=row.reference)


UNDONE_BY = {"dismiss": "incident_take_back", "merge": "incident_unmerge"}
"""The addresses that take a decision back."""
ANY_TIME = ("merge", "split", "silence")
"""What can be done with an incident that is confirmed already."""


def _proposal(request: ScreenRequest, ref: str, verb: str) -> ProposalView:
    waiting = queries.proposals(request.actor, ref=ref)
    if waiting:
        return waiting[0]
    picture = queries.hub(request.actor, ref)
    if verb not in ANY_TIME or State(picture.incident.state) not in ACTIVE_STATES:
        raise NotFound("This proposal does not wait any more; someone may have decided meanwhile.")
    seen = picture.incident
    others = [row for row in queries.open_incidents(request.actor) if row.id != seen.id]
    return ProposalView(seen, seen.reasons, seen.answers, picture.groups, tuple(others[:20]))


def _form(request: ScreenRequest, verb: str, proposal: ProposalView) -> ScreenForm:
    row, posted = proposal.row, request.POST or None
    if verb == "confirm":
        hint = hints_of(request, [proposal])[row.reference]
        kind = hint["kind"] if hint and hint["kind"] and hint["guess"].sure else row.kind
        sources = {"kind": "as such alerts were confirmed before"} if kind != row.kind else {}
        return ConfirmForm(posted, initial={"kind": kind, "severity": row.severity}, sources=sources)
    if verb == "dismiss":
        return DismissForm(posted)
    if verb == "merge":
        return MergeForm(posted, proposal=proposal)
    if verb == "split":
        counts = counted(request.actor, proposal.groups)
        return SplitForm(posted, proposal=proposal, counted=counts["counted"])
    if verb == "silence":
        matchers = shared_matchers(request.actor, _chosen(request, proposal)) if posted is None else ""
        return SilenceForm(posted, initial={"matchers": matchers})
    raise NotFound("There is no such decision.")


def _chosen(request: ScreenRequest, proposal: ProposalView) -> list[str]:
    """Ids of the groups in the address; all of them when none is named."""
    every = [group.group_id for group in proposal.groups]
    wanted = set(request.GET.getlist("group"))
    return [id_ for id_ in every if id_ in wanted] or every


def _do(request: ScreenRequest, verb: str, proposal: ProposalView, said: dict[str, Any]) -> str:
    """Give the command; what was done, in words."""
    actor, id_ = request.actor, proposal.row.id
    if verb == "silence":
        ends_at = now() + said["lasts"]
        alert_commands.add_silence(actor, matchers=said["matchers"], ends_at=ends_at, comment=said["comment"])
        return f"its alerts are silent until {written(ends_at)}"
    if verb == "split":
        made = queries.row(actor, commands.split(actor, incident=id_, **said))
        return f"{made.reference} was split off, and is confirmed"
    if verb == "merge":
        commands.merge(actor, incident=id_, into=said["into"], reason=said["reason"])
        return f"merged into {queries.row(actor, said['into']).reference}"
    if verb == "confirm":
        commands.confirm(actor, incident=id_, **said)
        return "confirmed"
    commands.dismiss(actor, incident=id_, **said)
    return "dismissed"
