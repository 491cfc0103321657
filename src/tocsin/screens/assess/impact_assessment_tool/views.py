"""The three questions with what the data say of each, the rule that the answers hit, and the assessments so far."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.queries import AssessmentView, HubView
from tocsin.domain.incidents.rules.severity import Fact
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.screens.assess.impact_assessment_tool.forms import ImpactForm, starting_points
from tocsin.screens.assess.impact_assessment_tool.matrix import Verdict, verdict_of
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "assess", "impact_assessment_tool"
_ICONS = {Fact.USERS: "users", Fact.OPERATIONS: "sitemap", Fact.DATA: "database"}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """Look and answer. Only the button 'Assess Severity' keeps anything; `do=look` shows what the answers lead to."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    if request.method == "POST":
        request.actor.require(RESPOND)
    found = queries.assessment(request.actor, context["sight"])
    form = _form(request, picture, found)
    looking = request.method != "POST" or request.POST.get("do") == "look"
    if not looking and form.is_valid():
        with form.refusals():
            _assess(request, picture, form)
            return redirect(SCREEN, ref=picture.incident.reference)
    context |= _shown(request, form, picture, found, kept=request.method != "POST")
    return render(request, "impact_assessment_tool/page.html", context, status=200 if looking else 422)


@require_safe
def verdict(request: ScreenRequest, ref: str) -> HttpResponseBase:
    """What the answers in the address lead to, alone; nothing is kept."""
    context = form_page(request, ref, STAGE, SCREEN)
    picture: HubView = context["hub"]
    found = queries.assessment(request.actor, context["sight"])
    context |= _shown(request, _form(request, picture, found), picture, found, kept=False)
    return render(request, "impact_assessment_tool/verdict.html", context)


def _form(request: ScreenRequest, picture: HubView, found: AssessmentView) -> ImpactForm:
    seen = picture.incident
    initial: dict[str, Any] = {"version": seen.version, "severity": "", **starting_points(seen.answers, found)}
    if request.method == "POST":
        return ImpactForm(request.POST, initial=initial)
    asked = {name: request.GET[name] for name in ImpactForm().fields if name in request.GET and name != "version"}
    return ImpactForm(initial=initial | asked)


def _assess(request: ScreenRequest, picture: HubView, form: ImpactForm) -> None:
    given = form.cleaned_data
    chosen = commands.assess(
        request.actor,
        incident=picture.incident.id,
        answers=form.answers(),
        severity=given["severity"] or None,
        override_reason=given["override_reason"] if given["severity"] else "",
        version=given["version"],
    )
    before = Severity(picture.incident.severity)
    same = f"{picture.incident.reference} stays {chosen.word}."
    moved = f"{picture.incident.reference} is {chosen.word} now, before: {before.word}. What is owed moved with it."
    messages.success(request, same if chosen is before else moved)


def _shown(
    request: ScreenRequest, form: ImpactForm, picture: HubView, found: AssessmentView, *, kept: bool
) -> dict[str, Any]:
    """`kept`: as it was sized, by the edition of then; answers that are being tried are judged by the one in force."""
    seen, newest = picture.incident, queries.severity_matrix(request.actor)
    older = kept and bool(seen.answers) and seen.matrix_version != newest.version
    result = verdict_of(
        form.answers(), queries.severity_matrix(request.actor, seen.matrix_version) if older else newest
    )
    wished = form["severity"].value() or ""
    return {
        "form": form,
        "questions": [_question(form, fact, picture, found) for fact in Fact],
        "verdict": result,
        "newer_matrix": newest.version if older else 0,
        "changed": result.severity.value != picture.incident.severity,
        "overruled": wished if wished and wished != result.severity.value else "",
        "because": _because(result),
        "reached": found.reached,
        "past": found.past,
    }


def _because(result: Verdict) -> list[dict[str, str]]:
    tones = {"critical": "t-bad", "high": "t-bad", "medium": "t-warn"}
    return [
        {
            "icon": _ICONS[reason.fact],
            "tone": tones.get(result.severity.value, "t-2") if reason.answer not in _HARMLESS else "t-2",
            "sentence": reason.sentence.split(": ", 1)[1][:1].upper() + reason.sentence.split(": ", 1)[1][1:],
            "answer": f"{reason.fact.value}: {reason.answer.replace('_', ' ')}",
        }
        for reason in result.reasons
    ]


_HARMLESS = {"none", "normal", "intact"}


def _question(form: ImpactForm, fact: Fact, picture: HubView, found: AssessmentView) -> dict[str, Any]:
    """One question: its field, where its answer comes from, and what the data would say."""
    proposed = next((p for p in found.prefilled if p.fact == fact.value), None)
    answered = next((a for a in picture.incident.answers if a.fact == fact.value), None)
    given = form[fact.value].value()
    return {
        "fact": fact,
        "field": form[fact.value],
        "because": form[f"because_{fact.value}"],
        "icon": _ICONS[fact],
        "proposed": proposed,
        "answered": answered,
        "differs": proposed is not None and given not in ("", None, proposed.choice),
    }
