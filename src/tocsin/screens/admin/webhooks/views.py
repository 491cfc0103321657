"""Outgoing webhooks: the list with a form to add one; one with its secret, its state and every attempt."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.domain.delivery import commands
from tocsin.domain.delivery import webhook_queries as queries
from tocsin.domain.delivery.webhook_queries import NoticeView, WebhookView
from tocsin.screens.admin.webhooks.forms import WebhookForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation
from tocsin.ui.tables import Column, Filter, Query, Slice, Table
from tocsin.ui.templatetags.tocsin import state

STATES = {
    "active": ("ok", "Active"),
    "paused": ("off", "Paused"),
    "quarantined": ("bad", "In quarantine"),
}
NOTICE_STATES = {
    "waiting": ("wait", "Waiting"),
    "held": ("off", "Held"),
    "sent": ("ok", "Sent"),
    "failed": ("bad", "Given up"),
    "suppressed": ("off", "Not sent"),
}
COLUMNS: list[Column[NoticeView]] = [
    Column("type", "Event", lambda n: format_html('<span class="t-mono">{}</span>', n.type), plain=lambda n: n.type),
    Column("state", "State", lambda n: state(*NOTICE_STATES[n.state]), plain=lambda n: NOTICE_STATES[n.state][1]),
    Column("answer", "Answer", lambda n: n.answer or "none yet", narrow=False),
    Column("attempts", "Attempts", lambda n: len(n.attempts), number=True, narrow=False),
    Column("created", "Happened", lambda n: n.created_at),
]
TABLE: Table[NoticeView] = Table(
    "notices",
    "Events posted",
    COLUMNS,
    filters=[Filter("state", "State", [(value, words) for value, (_, words) in NOTICE_STATES.items()])],
)


def look_of(hook: WebhookView) -> tuple[str, str]:
    """How a webhook's state is drawn: one that is failing says so before it is quarantined."""
    return ("warn", "Failing") if hook.state == "active" and hook.failures else STATES[hook.state]


Do = Callable[..., object]
ACTS: dict[str, tuple[Do, str]] = {
    "pause": (commands.pause_webhook, "Paused. What happens meanwhile waits."),
    "resume": (commands.resume_webhook, "It goes on; what waited is posted now."),
    "test": (commands.test_webhook, "A test event is on its way."),
    "secret": (commands.change_webhook_secret, "A new secret is in force; the one before signs too for 24 hours."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All webhooks, and a form for a new one."""
    found = queries.webhooks(request.actor)
    form = WebhookForm(request.POST or None, known=queries.event_types(request.actor))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            made = commands.add_webhook(request.actor, name=given["name"], url=given["url"], types=form.wishes())
            messages.success(request, f"Added {given['name']}. Give its receiver the signing secret.")
            return redirect("webhook", webhook=made)
    context = {"tab": "webhooks", "webhooks": [(hook, look_of(hook)) for hook in found], "form": form}
    return render(request, "webhooks/webhooks.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: ScreenRequest, webhook: UUID) -> HttpResponseBase:
    """One webhook: how it does, its secret, what was posted; POST changes it."""
    view = queries.webhook(request.actor, str(webhook))

    def fetch(query: Query) -> Slice[NoticeView]:
        chosen = query.filters.get("state", "")
        rows = queries.notices(request.actor, view.id, state=chosen, offset=query.offset, limit=query.limit)
        return Slice(rows, total=queries.notice_count(request.actor, view.id, state=chosen))

    download = TABLE.csv(request, fetch)
    if download is not None:
        return download
    form = WebhookForm(
        request.POST or None,
        known=queries.event_types(request.actor),
        types=view.types,
        initial={"name": view.name, "url": queries.webhook_url(request.actor, view.id)},
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            commands.change_webhook(
                request.actor, webhook_id=view.id, name=given["name"], url=given["url"], types=form.wishes()
            )
            messages.success(request, "Saved.")
            return redirect("webhook", webhook=webhook)
    context = {
        "tab": "webhooks",
        "hook": view,
        "state": look_of(view),
        "secret": queries.webhook_secret(request.actor, view.id),
        "form": form,
        "table": TABLE.page(request, fetch),
        "states": NOTICE_STATES,
    }
    return render(request, "webhooks/webhook.html", context, status=422 if form.is_bound else 200)


@require_POST
def act(request: ScreenRequest, webhook: UUID, what: str) -> HttpResponseBase:
    """Pause, resume, test, or change the secret."""
    if what not in ACTS:
        raise Http404("There is no such button.")
    do, said = ACTS[what]
    do(request.actor, webhook_id=str(webhook))
    messages.success(request, said)
    return redirect("webhook", webhook=webhook)


@require_POST
def again(request: ScreenRequest, webhook: UUID, notice: UUID) -> HttpResponseBase:
    """Post one event once more, with the same id and the same bytes."""
    commands.send_again(request.actor, notice_id=str(notice))
    messages.success(request, "It is sent again.")
    return redirect("webhook", webhook=webhook)


@require_POST
def remove(request: ScreenRequest, webhook: UUID) -> HttpResponseBase:
    """Remove a webhook after its name was typed."""
    view = queries.webhook(request.actor, str(webhook))
    form = TypedConfirmation(request.POST, expected=view.name)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("webhook", webhook=webhook)
    commands.remove_webhook(request.actor, webhook_id=view.id)
    messages.success(request, f"Removed {view.name}.")
    return redirect("webhooks")
