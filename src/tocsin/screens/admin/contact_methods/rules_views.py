"""How I am paged: rules per urgency as a line each, their editor, quiet hours, and a test page that follows them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.queries import PagingView, PersonalView, UrgencyRules
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.contact_methods.picture import SENT
from tocsin.screens.admin.contact_methods.rule_line import by, rule_line, when
from tocsin.screens.admin.contact_methods.rules_forms import EndForm, QuietForm, RuleForm, rule_initial
from tocsin.ui.access import ScreenRequest
from tocsin.ui.rows import Rows
from tocsin.ui.times import written


@never_cache
def rules(request: ScreenRequest) -> HttpResponseBase:
    """Every urgency with its line, and the quiet hours; POST sets those."""
    view = queries.personal_rules(request.actor)
    form = QuietForm(request.POST or None, initial={"start": view.quiet_from, "end": view.quiet_until})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            commands.save_quiet_hours(request.actor, start=given["start"], end=given["end"])
            messages.success(request, "Quiet hours are set." if given["start"] else "There are no quiet hours.")
            return redirect("personal_rules")
    context = {
        "tab": "contact",
        "view": view,
        "shown": [_shown(each) for each in view.urgencies],
        "form": form,
        "end_form": EndForm(initial={"wish": view.end_wish}),
        "test": _test(request, view),
    }
    return render(request, "contact_methods/rules.html", context, status=422 if form.is_bound else 200)


@never_cache
def edit(request: ScreenRequest, urgency: str) -> HttpResponseBase:
    """The rules of one urgency in their order."""
    view = queries.personal_rules(request.actor)
    found = _urgency(view, urgency)
    initial = [rule_initial(rule) for rule in found.rules] or [{}]
    rows = Rows(request, RuleForm, "rule", initial, methods=view.methods)
    plain = RuleForm(None, methods=view.methods)
    if request.method == "POST" and rows.is_valid():
        given = [row.rule() for row in rows.forms if not row.is_empty]
        with rows.forms[0].refusals() if rows.forms else plain.refusals():
            commands.save_personal_rules(request.actor, urgency=urgency, rules=given)
            messages.success(request, "Saved: the next page follows these rules.")
            return redirect("personal_rules")
    context = {"tab": "contact", "view": view, "found": found, "rows": rows}
    bound = any(form.is_bound for form in rows.forms)
    return render(request, "contact_methods/rule_edit.html", context, status=422 if bound else 200)


@require_POST
def reset(request: ScreenRequest, urgency: str) -> HttpResponseBase:
    """Back to how everybody is paged by default."""
    commands.save_personal_rules(request.actor, urgency=urgency, rules=[])
    messages.success(request, "You are paged by default again.")
    return redirect("personal_rules")


@require_POST
def test(request: ScreenRequest, urgency: str) -> HttpResponseBase:
    """A page to oneself, by these rules."""
    commands.send_test_page(request.actor, urgency=urgency)
    held = _held(queries.paging(request.actor, f"rules_test:{request.actor.person}"))
    if held:
        said = f"The test page goes out at {written(held)}: it waits for waking hours, as a page of this size does."
    else:
        said = "A test page is on its way by your rules. Acknowledge it, and the rest stays silent."
    messages.success(request, said)
    return redirect("personal_rules")


@require_POST
def when_over(request: ScreenRequest) -> HttpResponseBase:
    """How I hear that it is over."""
    commands.save_end_wish(request.actor, wish=request.POST.get("wish", ""))
    messages.success(request, "Saved: so you hear that it is over.")
    return redirect("personal_rules")


@require_POST
def end_test(request: ScreenRequest) -> HttpResponseBase:
    """No more of it rings."""
    commands.stop_test_page(request.actor)
    messages.success(request, "The test is over; nothing more rings.")
    return redirect("personal_rules")


def _urgency(view: PersonalView, urgency: str) -> UrgencyRules:
    for found in view.urgencies:
        if found.urgency == urgency:
            return found
    raise NotFound("There is no such urgency.")


def _shown(found: UrgencyRules) -> dict[str, Any]:
    lines = [{"when": when(rule), "by": by(rule)} for rule in found.rules]
    return {"of": found, "picture": rule_line(found.rules, found.words), "lines": lines}


def _test(request: ScreenRequest, view: PersonalView) -> dict[str, Any] | None:
    """The test that was sent last: every message with its state, and what comes next."""
    found = queries.paging(request.actor, f"rules_test:{view.person_id}")
    if held := _held(found):
        return {"held": held, "open": True}
    if not found.pages:
        return None
    page = found.pages[0]
    sent = [(each, *SENT.get(each.state, ("unknown", each.state))) for each in page.deliveries]
    return {"page": page, "sent": sent, "open": page.state == "open", "state": found.state}


def _held(found: PagingView) -> datetime | None:
    """Until when a test waits that has paged nobody yet; None when none waits."""
    return found.next_at if found.state == "running" and not any(page.state == "open" for page in found.pages) else None
