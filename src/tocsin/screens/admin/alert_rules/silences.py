"""Silences: all of them, also those that are over; extend one, end one."""

from uuid import UUID

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.domain.alerts.queries import SilenceView
from tocsin.kernel.clock import now
from tocsin.screens.admin.alert_rules.forms import ExtendForm
from tocsin.screens.admin.alert_rules.tabs import tabs
from tocsin.ui.access import ScreenRequest
from tocsin.ui.tables import Column, Filter, Table, from_list
from tocsin.ui.templatetags.tocsin import state, when

STATES = {"active": ("busy", "In force"), "pending": ("wait", "To come"), "expired": ("off", "Over")}


def _text(view: SilenceView) -> SafeString:
    return format_html(
        '<div class="t-subj"><a href="{}"><bdi>{}</bdi></a><span class="t-meta"><bdi>{}</bdi></span></div>',
        reverse("silence", args=[view.id]),
        view.text,
        view.comment,
    )


COLUMNS: list[Column[SilenceView]] = [
    Column("text", "Alerts with", _text, sort="text", plain=lambda s: s.text),
    Column("state", "State", lambda s: state(*STATES[s.state]), sort="state", plain=lambda s: s.state),
    Column("ends", "Until", lambda s: when(s.ends_at), sort="ends", plain=lambda s: s.ends_at),
    Column("starts", "From", lambda s: when(s.starts_at), sort="starts", narrow=False, plain=lambda s: s.starts_at),
    Column("author", "By", lambda s: s.author, sort="author", narrow=False),
    Column("comment", "Comment", lambda s: "", narrow=False, plain=lambda s: s.comment),
]
SHOWN = COLUMNS[:-1]
TABLE: Table[SilenceView] = Table(
    "silences",
    "Silences",
    SHOWN,
    filters=[Filter("state", "State", [(value, word) for value, (_, word) in STATES.items()])],
    sort="-ends",
)
FILE: Table[SilenceView] = Table("silences", "Silences", COLUMNS, filters=TABLE.filters, sort="-ends")


def listing(request: ScreenRequest) -> HttpResponseBase:
    """Silences in force, to come and over, with filter, sort and CSV."""
    rows = queries.silences(request.actor, ended=True)
    context = {
        "tab": "alert_rules",
        "tabs": tabs(request.actor, "silences"),
        "table": TABLE.page(request, from_list(rows, SHOWN)),
        "may": request.actor.has(HANDLE),
    }
    return FILE.csv(request, from_list(rows, COLUMNS)) or render(request, "alert_rules/silences.html", context)


def silence(request: ScreenRequest, silence_id: UUID) -> HttpResponseBase:
    """One silence: what it keeps quiet now; responders extend it."""
    view = queries.silence(request.actor, str(silence_id))
    if request.method == "POST":
        request.actor.require(HANDLE)
    form = ExtendForm(request.POST or None) if request.actor.has(HANDLE) and view.state != "expired" else None
    if request.method == "POST" and form is not None and form.is_valid():
        with form.refusals():
            commands.add_silence(
                request.actor,
                matchers=view.matchers,
                starts_at=view.starts_at,
                ends_at=max(view.ends_at, now()) + form.cleaned_data["by"],
                comment=form.cleaned_data["comment"] or view.comment,
                silence_id=view.id,
            )
            messages.success(request, "Extended.")
            return redirect("silence", view.id)
    muted = queries.alerts(request.actor, queries.AlertFilter(muted=True, limit=500)).alerts
    quiet = [row for row in muted if view.id in row.silenced_by][:50]
    context = {"tab": "alert_rules", "silence": view, "state": STATES[view.state], "form": form, "quiet": quiet}
    return render(request, "alert_rules/silence.html", context, status=422 if form and form.is_bound else 200)


@require_POST
def end(request: ScreenRequest, silence_id: UUID) -> HttpResponseBase:
    """End a silence now."""
    commands.expire_silence(request.actor, silence_id=str(silence_id))
    messages.success(request, "Ended the silence. What still fires is told now.")
    return redirect("silences")
