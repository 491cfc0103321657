"""Asks the rules that page, sends test pages, shows what came of them. Shallow."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.assurance import commands, queries
from tocsin.domain.assurance.permissions import TEST_OTHERS
from tocsin.domain.assurance.queries import TestView
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.durations import human_duration
from tocsin.kernel.errors import Conflict
from tocsin.ui.access import ScreenRequest
from tocsin.ui.parts import Chip
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import state

SEVERITIES = ("critical", "high", "medium", "low")
LOOKS = {
    "waiting": ("busy", "Waits for an answer"),
    "answered": ("ok", "Answered"),
    "unanswered": ("bad", "No answer"),
    "unreached": ("bad", "Nothing could be sent"),
}
DELIVERY = {
    "queued": ("wait", "Waits"),
    "leased": ("busy", "Being sent"),
    "sent": ("ok", "Sent"),
    "delivered": ("ok", "Delivered"),
    "failed": ("bad", "Failed"),
    "unknown": ("warn", "Nobody knows"),
    "suppressed": ("none", "Held back"),
}


@require_safe
def me(request: ScreenRequest) -> HttpResponseBase:
    """Now, next, by what, and my test pages."""
    severity = request.GET.get("severity", "critical")
    severity = severity if severity in SEVERITIES else "critical"
    chips = [Chip(s.capitalize(), f"{request.path}?severity={s}", s == severity) for s in SEVERITIES]
    context: dict[str, Any] = {
        "answer": queries.will_i_be_paged(request.actor, severity=severity),
        "tests": [(view, LOOKS[view.state]) for view in queries.my_tests(request.actor)],
        "chips": chips,
        "may_test_others": request.actor.has(TEST_OTHERS),
        "place": "oncall",
    }
    return render(request, "will_i_be_paged/me.html", context)


@require_POST
def page_me(request: ScreenRequest) -> HttpResponseBase:
    """Page me now, the real way."""
    try:
        return redirect("test_page", commands.page_me(request.actor))
    except Conflict as refusal:
        messages.error(request, str(refusal))
        return redirect("will_i_be_paged")


@require_safe
def test(request: ScreenRequest, test_id: UUID) -> HttpResponseBase:
    """One test page, live: each provider's answer, and the acknowledgement."""
    view = queries.test_page(request.actor, str(test_id))
    context = {
        "test": view,
        "look": LOOKS[view.state],
        "sent": [(delivery, DELIVERY.get(delivery.state, ("unknown", delivery.state))) for delivery in view.deliveries],
        "place": "oncall",
    }
    return render(request, "will_i_be_paged/test.html", context)


@require_POST
def stop(request: ScreenRequest, test_id: UUID) -> HttpResponseBase:
    """End a test; it pages no more."""
    commands.stop_test(request.actor, test_id=str(test_id))
    messages.success(request, "The test is over; it pages no more.")
    return redirect("test_page", test_id)


def rounds(request: ScreenRequest) -> HttpResponseBase:
    """Tests of everyone on call: begin one, look at earlier ones."""
    found = queries.rounds(request.actor)
    if request.method == "POST":
        try:
            return redirect(
                "test_round",
                commands.page_everyone_on_call(request.actor, schedule_id=request.POST.get("schedule", "")),
            )
        except Conflict as refusal:
            messages.error(request, str(refusal))
            return redirect("test_rounds")
    context = {"rounds": found, "on_call": oncall.on_call_now(request.actor), "place": "oncall"}
    return render(request, "will_i_be_paged/rounds.html", context)


COLUMNS: list[Column[TestView]] = [
    Column("person", "Person", lambda t: t.person, sort="person"),
    Column("state", "Result", lambda t: state(*LOOKS[t.state]), sort="state", plain=lambda t: t.state),
    Column(
        "took",
        "After",
        lambda t: human_duration(t.took) if t.took else "",
        sort="took",
        number=True,
        plain=lambda t: int(t.took.total_seconds()) if t.took else None,
    ),
    Column("via", "By", lambda t: t.via, narrow=False),
    Column("sent", "What the providers said", lambda t: _said(t), narrow=False),
]
TABLE: Table[TestView] = Table(
    "test-of-everyone-on-call",
    "Results",
    COLUMNS,
    filters=[Filter("state", "Result", [(key, word) for key, (_, word) in LOOKS.items()])],
    size=100,
    keeps_views=False,
)


def _said(test: TestView) -> str:
    return (
        "; ".join(f"{d.word} {d.state}{f': {d.answer}' if d.answer else ''}" for d in test.deliveries) or "nothing sent"
    )


@require_safe
def test_round(request: ScreenRequest, round_id: UUID) -> HttpResponseBase:
    """The results of one test of everyone on call, live, and as CSV."""
    view = queries.test_round(request.actor, str(round_id))
    fetch = from_list(view.tests, COLUMNS)
    context = {"round": view, "table": TABLE.page(request, fetch), "place": "oncall"}
    return TABLE.csv(request, fetch) or render(request, "will_i_be_paged/round.html", context)
