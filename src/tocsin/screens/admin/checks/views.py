"""Checks: the list, one check with its series and answers, add and change with a trial, and what can be done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.catalog import queries as catalog
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentFilters
from tocsin.domain.monitoring import commands, queries
from tocsin.domain.monitoring.permissions import ARRANGE, RUN
from tocsin.domain.monitoring.ports import HEARTBEAT, Finding, probes
from tocsin.domain.monitoring.queries import CheckView
from tocsin.domain.monitoring.trying import try_out
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration
from tocsin.kernel.errors import NotFound
from tocsin.screens import check_looks as looks
from tocsin.screens.admin.checks.forms import CheckForm, expectations, written
from tocsin.screens.admin.checks.rows import COLUMNS, TABLE
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.parts import Chip
from tocsin.ui.plots import Mark
from tocsin.ui.tables import from_list

_ANSWERS = 20
_WAIT = timedelta(seconds=60)


@require_safe
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All checks, those that fail first."""
    found = queries.checks(request.actor)
    fetch = from_list(found, COLUMNS)
    context = {
        "place": "monitoring",
        "table": TABLE.page(request, fetch),
        "counts": queries.counts(request.actor, found),
        "arranges": request.actor.has(ARRANGE),
    }
    return TABLE.csv(request, fetch) or render(request, "checks/checks.html", context)


@require_safe
@never_cache
def check(request: ScreenRequest, check_id: UUID) -> HttpResponseBase:
    """One check: how it stands, its series with incidents marked, its days, its answers."""
    view = queries.check(request.actor, str(check_id))
    chosen = request.GET.get("range", "24h")
    words, back = looks.RANGES.get(chosen, looks.RANGES["24h"])
    end = now()
    series = queries.series(request.actor, view.id, end - back)
    days = queries.days(request.actor, [view.id])[view.id]
    before = request.GET.get("before", "")
    results = queries.results(
        request.actor,
        view.id,
        limit=_ANSWERS + 1,
        before=int(before) if before.isdigit() else None,
        failed=(failed := "failed" in request.GET),
    )
    arranges = request.actor.has(ARRANGE)
    context = {
        **_standing(request, view),
        "place": "monitoring",
        "plot": looks.plot(view, series, end - back, end, _marks(request, view, end - back)) if series.points else None,
        "range_words": words.lower(),
        "ranges": [Chip(word, f"?range={key}", key == chosen) for key, (word, _) in looks.RANGES.items()],
        "days": looks.bars(days),
        "days_label": looks.bars_label(view.name, days, "90 days"),
        "share": looks.percent(looks.share(days)),
        "results": results[:_ANSWERS],
        "more": results[_ANSWERS - 1].id if len(results) > _ANSWERS else None,
        "only_failed": failed,
        "which": [
            Chip("All", f"{reverse('check', args=[view.id])}#answers", not failed),
            Chip("Wrong ones", "?failed#answers", failed),
        ],
        "timed": view.kind != HEARTBEAT,
        "kind": looks.kind_name(view.kind),
        "wanted": _wanted(view),
        "arranges": arranges,
        "runs": request.actor.has(RUN) and view.kind != HEARTBEAT and not view.paused,
        "address": _address(request, view) if arranges and view.kind == HEARTBEAT else "",
    }
    return render(request, "checks/check.html", context)


def _marks(request: ScreenRequest, view: CheckView, since: datetime) -> list[Mark]:
    """Incidents of its service, when they began."""
    if not view.service_id:
        return []
    found = incidents.begun(request.actor, IncidentFilters(service_id=view.service_id, since=since))
    return [Mark(*one) for one in found]


def _wanted(view: CheckView) -> list[tuple[str, str]]:
    """What is demanded, in words."""
    if view.kind == HEARTBEAT:
        return [("May be late by", human_duration(timedelta(seconds=int(view.expect.get("grace", 60)))))]
    known = {e.name: e.label for e in expectations(view.kind)} if view.kind in probes() else {}
    return [(known.get(name, name), str(value)) for name, value in view.expect.items() if name in known]


def _address(request: ScreenRequest, view: CheckView) -> str:
    path = reverse("heartbeat", args=[queries.heartbeat_token(request.actor, view.id)])
    return f"{settings.PUBLIC_URL}{path}"


@require_safe
@never_cache
def standing(request: ScreenRequest, check_id: UUID) -> HttpResponseBase:
    """How it stands, alone: asked again while an answer is awaited."""
    view = queries.check(request.actor, str(check_id))
    return render(request, "checks/standing.html", _standing(request, view))


def _standing(request: ScreenRequest, view: CheckView) -> dict[str, Any]:
    asked = _instant(request.GET.get("asked", ""))
    waits = asked is not None and (view.last_at is None or view.last_at < asked) and now() - asked < _WAIT
    kind, word = looks.look(view)
    return {
        "check": view,
        "state_kind": kind,
        "state_word": word,
        "took": looks.took(view.latency_ms),
        "asked": asked,
        "waits": waits,
        "answered": asked is not None and not waits and view.last_at is not None and view.last_at >= asked,
        "again": f"{reverse('check_standing', args=[view.id])}?asked={request.GET.get('asked', '')}",
    }


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def add(request: ScreenRequest) -> HttpResponseBase:
    """A new check of the kind in the address; can be tried out first."""
    request.actor.require(ARRANGE)
    kind = request.GET.get("kind", "http")
    if kind not in {*probes(), HEARTBEAT}:
        raise NotFound("There is no such kind of check.")
    form = CheckForm(
        request.POST or None,
        kind=kind,
        services=catalog.services(request.actor),
        initial={"service_id": request.GET.get("service", "")},
    )
    trial = None
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            if request.POST.get("do") == "try":
                trial = _try(request, form)
            else:
                made = commands.add_check(request.actor, kind=kind, **form.wishes())
                messages.success(request, f"Added {form.cleaned_data['name']}.")
                return redirect(f"{reverse('check', args=[made])}?asked={_stamp()}")
    kinds = [(name, probe.label) for name, probe in probes().items()] + [(HEARTBEAT, "Heartbeat")]
    context = {
        "place": "monitoring",
        "form": form,
        "trial": trial,
        "tries": kind != HEARTBEAT,
        "kinds": [Chip(label, f"?kind={name}", name == kind) for name, label in kinds],
    }
    refused = form.is_bound and trial is None
    return render(request, "checks/add.html", context, status=422 if refused else 200)


def _try(request: ScreenRequest, form: CheckForm) -> Finding:
    said = form.wishes()
    return try_out(request.actor, kind=form.kind, target=said["target"], expect=said["expect"], timeout=said["timeout"])


def change(request: ScreenRequest, check_id: UUID) -> HttpResponseBase:
    """Change a check; can be tried out before it is saved."""
    request.actor.require(ARRANGE)
    view = queries.check(request.actor, str(check_id))
    form = CheckForm(
        request.POST or None, kind=view.kind, services=catalog.services(request.actor), initial=written(view)
    )
    trial = None
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            if request.POST.get("do") == "try":
                trial = _try(request, form)
            else:
                sent = request.POST.get("version", "")
                version = int(sent) if sent.isdigit() else None
                commands.change_check(request.actor, check_id=view.id, version=version, **form.wishes())
                messages.success(request, f"Saved {form.cleaned_data['name']}.")
                return redirect("check", view.id)
    context = {
        "place": "monitoring",
        "form": form,
        "check": view,
        "version": request.POST.get("version", view.version),
        "trial": trial,
        "tries": view.kind != HEARTBEAT,
    }
    refused = form.is_bound and trial is None
    return render(request, "checks/change.html", context, status=422 if refused else 200)


@require_POST
def act(request: ScreenRequest, check_id: UUID, verb: str) -> HttpResponseBase:
    """Run now, pause, resume, remove."""
    view = queries.check(request.actor, str(check_id))
    if verb == "run":
        stamp = _stamp()
        commands.run_now(request.actor, check_id=view.id)
        return redirect(f"{reverse('check', args=[view.id])}?asked={stamp}")
    if verb == "remove":
        return _remove(request, view)
    doing = {"pause": (commands.pause_check, "Paused"), "resume": (commands.resume_check, "Resumed")}.get(verb)
    if doing is None:
        raise NotFound("There is nothing of this name to do with a check.")
    doing[0](request.actor, check_id=view.id)
    messages.success(request, f"{doing[1]} {view.name}.")
    return redirect("check", view.id)


def _remove(request: ScreenRequest, view: CheckView) -> HttpResponseBase:
    request.actor.require(ARRANGE)
    form = TypedConfirmation(request.POST, expected=view.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("check", view.id)
    commands.remove_check(request.actor, check_id=view.id)
    messages.success(request, f"Removed {view.name}. Its answers are forgotten, its log stays.")
    return redirect("checks")


def _stamp() -> int:
    return int(now().timestamp() * 1000)
