"""Signals that were accepted but could not be read: see what came and why, try again, or throw away with a reason."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.queries import DeadSignal
from tocsin.kernel.errors import NotFound
from tocsin.screens.admin.alert_rules.forms import DiscardForm
from tocsin.screens.admin.alert_rules.tabs import tabs
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Table, from_list
from tocsin.ui.templatetags.tocsin import when

MOST = 1000


def _name(view: DeadSignal) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta"><bdi>{}</bdi></span></div>',
        reverse("unread_signal", args=[view.id]),
        view.integration or "A removed integration",
        view.error[:160],
    )


COLUMNS: list[Column[DeadSignal]] = [
    Column("integration", "From", _name, sort="integration", plain=lambda d: d.integration),
    Column("received", "Received", lambda d: when(d.received_at), sort="received", plain=lambda d: d.received_at),
    Column("source", "Format", lambda d: d.source, sort="source", narrow=False),
    Column("size", "Bytes", lambda d: d.size, sort="size", number=True, narrow=False),
    Column("error", "Reason", lambda d: "", narrow=False, plain=lambda d: d.error),
]
TABLE: Table[DeadSignal] = Table("unread", "Unread signals", COLUMNS[:-1], sort="-received")
FILE: Table[DeadSignal] = Table("unread", "Unread signals", COLUMNS, sort="-received")


def listing(request: ScreenRequest) -> HttpResponseBase:
    """The newest thousand, for administrators."""
    rows = queries.dead_signals(request.actor, limit=MOST)
    context = {
        "tab": "alert_rules",
        "tabs": tabs(request.actor, "unread_signals"),
        "table": TABLE.page(request, from_list(rows, COLUMNS[:-1])),
    }
    return FILE.csv(request, from_list(rows, COLUMNS)) or render(request, "alert_rules/unread.html", context)


def signal(request: ScreenRequest, letter_id: int) -> HttpResponseBase:
    """One signal with its payload; a POST throws it away."""
    view = next((row for row in queries.dead_signals(request.actor, limit=MOST) if row.id == letter_id), None)
    if view is None:
        raise NotFound("There is no such signal; someone may have retried or discarded it.")
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.discard_signal(request.actor, letter_id=letter_id, reason=form.cleaned_data["reason"])
            messages.success(request, "Discarded. The log keeps that, and why.")
            return redirect("unread_signals")
    context = {"tab": "alert_rules", "signal": view, "form": form}
    return render(request, "alert_rules/unread_signal.html", context, status=422 if form.is_bound else 200)


@require_POST
def retry(request: ScreenRequest, letter_id: int) -> HttpResponseBase:
    """Read it once more."""
    commands.retry_signal(request.actor, letter_id=letter_id)
    messages.success(request, "It is read again now. If it cannot be read, it comes back here.")
    return redirect("unread_signals")
