"""Sources of alerts: list, add, one with its address, key, snippet and test alert, new key, removal."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import CONNECT
from tocsin.domain.alerts.queries import IntegrationView
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.screens.admin.integrations.forms import AddForm, ChangeForm, TestForm
from tocsin.screens.admin.integrations.kinds import choices, name_of, snippet
from tocsin.screens.admin.integrations.trail import trail
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import state, when

STATES = {"ok": ("ok", "Heard"), "new": ("wait", "Not heard yet"), "silent": ("bad", "Silent")}


def _name(view: IntegrationView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta">{}</span></div>',
        reverse("integration", args=[view.id]),
        view.name,
        name_of(view.kind),
    )


COLUMNS: list[Column[IntegrationView]] = [
    Column("name", "Integration", _name, sort="name", plain=lambda i: i.name),
    Column(
        "state",
        "State",
        lambda i: state(*STATES.get(i.state, ("unknown", i.state))),
        sort="state",
        plain=lambda i: i.state,
    ),
    Column("service", "Service", lambda i: i.service or "by routes", sort="service", plain=lambda i: i.service),
    Column(
        "last_seen",
        "Last heard",
        lambda i: when(i.last_seen_at) if i.last_seen_at else "never",
        sort="last_seen",
        plain=lambda i: i.last_seen_at or "",
    ),
    Column("kind", "Kind", lambda i: name_of(i.kind), sort="kind", narrow=False, plain=lambda i: i.kind),
]
TABLE: Table[IntegrationView] = Table(
    "integrations",
    "Integrations",
    COLUMNS,
    filters=[Filter("state", "State", [(value, word) for value, (_, word) in STATES.items()])],
    sort="name",
)


def listing(request: ScreenRequest) -> HttpResponseBase:
    """All connected sources, with filter, sort and CSV."""
    fetch = from_list(queries.integrations(request.actor), COLUMNS)
    context = {"tab": "integrations", "table": TABLE.page(request, fetch), "connects": request.actor.has(CONNECT)}
    return TABLE.csv(request, fetch) or render(request, "integrations/integrations.html", context)


def add(request: ScreenRequest) -> HttpResponseBase:
    """Connect a source; its page with address and key comes next."""
    request.actor.require(CONNECT)
    form = AddForm(request.POST or None, services=catalog.services(request.actor), initial={"kind": choices()[0][0]})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = commands.add_integration(request.actor, **form.cleaned_data)
            messages.success(request, "Connected. Paste the text below into the sender, then send a test alert.")
            return redirect("integration", made.id)
    context = {"tab": "integrations", "form": form}
    return render(request, "integrations/add.html", context, status=422 if form.is_bound else 200)


@never_cache
def integration(request: ScreenRequest, integration_id: UUID) -> HttpResponseBase:
    """One source; administrators see the address and key, change it and test it."""
    if request.method == "POST":
        request.actor.require(CONNECT)
    view = queries.integration(request.actor, str(integration_id))
    connects = request.actor.has(CONNECT)
    form = None
    if connects:
        initial = {"name": view.name, "service": view.service_id or "", "every": view.every}
        form = ChangeForm(request.POST or None, services=catalog.services(request.actor), initial=initial)
        if request.method == "POST" and form.is_valid():
            with form.refusals():
                commands.change_integration(request.actor, integration_id=view.id, **form.cleaned_data)
                messages.success(request, f"Saved {form.cleaned_data['name']}.")
                return redirect("integration", view.id)
    context = {
        **_way(request, view),
        "tab": "integrations",
        "kind": name_of(view.kind),
        "state": STATES.get(view.state, ("unknown", view.state)),
        "form": form,
        "connects": connects,
        "snippet": snippet(view) if connects else None,
        "test": TestForm(),
        "notifies": view.kind != "pagerduty-change",
    }
    return render(request, "integrations/integration.html", context, status=422 if form and form.is_bound else 200)


def way(request: ScreenRequest, integration_id: UUID) -> HttpResponseBase:
    """The way of the test alert alone, for looking again while it moves."""
    view = queries.integration(request.actor, str(integration_id))
    return render(request, "integrations/way.html", _way(request, view))


def _way(request: ScreenRequest, view: IntegrationView) -> dict[str, Any]:
    sent = _instant(request.GET.get("sent", ""))
    again = f"{reverse('integration_way', args=[view.id])}" + (f"?sent={int(sent.timestamp())}" if sent else "")
    return {"integration": view, "trail": trail(request.actor, view.id, sent), "again": again}


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


@require_POST
def test(request: ScreenRequest, integration_id: UUID) -> HttpResponseBase:
    """Send a test alert, then show its way."""
    form = TestForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose how bad the test alert is; nothing was sent.")
        return redirect("integration", integration_id)
    at = int(now().timestamp())
    commands.send_test_alert(
        request.actor, integration_id=str(integration_id), severity=Severity(form.cleaned_data["severity"])
    )
    return redirect(f"{reverse('integration', args=[integration_id])}?sent={at}#test")


@require_POST
def rotate(request: ScreenRequest, integration_id: UUID) -> HttpResponseBase:
    """Make a new key; the old one works for a day."""
    commands.rotate_key(request.actor, integration_id=str(integration_id))
    messages.success(request, "This is the new key. The one before works for another 24 hours.")
    return redirect("integration", integration_id)


@require_POST
def remove(request: ScreenRequest, integration_id: UUID) -> HttpResponseBase:
    """Disconnect a source after its name was typed."""
    view = queries.integration(request.actor, str(integration_id))
    request.actor.require(CONNECT)
    form = TypedConfirmation(request.POST, expected=view.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("integration", integration_id)
    commands.remove_integration(request.actor, integration_id=view.id)
    messages.success(request, f"Removed {view.name}. Its key stops within seconds; its alerts stay.")
    return redirect("integrations")
