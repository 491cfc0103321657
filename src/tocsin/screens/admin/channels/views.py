"""Channels: the list with an honest state each; one with its settings, our addresses to enter there, and a test.

Shows no secret. Never sends: the delivery room does.
"""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.domain.chat import commands as chats
from tocsin.domain.chat.ports import chat_of
from tocsin.domain.chat.queries import AcquaintanceView, acquaintances
from tocsin.domain.delivery import channel_queries as queries
from tocsin.domain.delivery import commands
from tocsin.domain.delivery.channel_queries import ChannelView
from tocsin.domain.delivery.permissions import CHANNELS
from tocsin.domain.delivery.queries import DeliveryView, TransportView, transport_views
from tocsin.screens.admin.channels.forms import ChannelForm, TrialForm
from tocsin.ui.access import ScreenRequest
from tocsin.ui.forms import TypedConfirmation

STATES = {
    "off": ("off", "Not set up"),
    "new": ("wait", "Nothing sent yet"),
    "ok": ("ok", "Works"),
    "failing": ("bad", "Last attempt failed"),
}
SENT = {
    "queued": ("wait", "Waiting"),
    "leased": ("busy", "Being sent"),
    "sent": ("ok", "Handed over"),
    "delivered": ("ok", "Arrived"),
    "failed": ("bad", "Failed"),
    "unknown": ("unknown", "Nobody knows"),
    "suppressed": ("off", "Held back"),
}
_MOVING = {"queued", "leased", "unknown", "sent"}


@require_safe
@never_cache
def listing(request: ScreenRequest) -> HttpResponseBase:
    """All channels."""
    rows = [(view, STATES[view.state]) for view in queries.channels(request.actor)]
    return render(request, "channels/channels.html", {"tab": "channels", "channels": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: ScreenRequest, name: str) -> HttpResponseBase:
    """One channel: its settings, and what was sent as a test."""
    view = queries.channel(request.actor, name)
    form = ChannelForm(request.POST or None, view=view)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            commands.save_channel(request.actor, name=name, config=form.given())
            messages.success(request, f"Saved. {_next(request, view)}")
            return redirect("channel", name)
    return _page(request, view, form=form)


def _next(request: ScreenRequest, view: ChannelView) -> str:
    """How to see that it works."""
    if not view.kinds:
        return "The next incident is told there; Chat in an incident opens it for one that goes on."
    tries = "Send a test" if _typed(request, view) else "Add it as a contact method of yours and try it there"
    return f"{tries} to see that {view.title} takes it."


@require_POST
@never_cache
def forget(request: ScreenRequest, name: str) -> HttpResponseBase:
    """No longer take a user of this chat for the person that they were taken for."""
    request.actor.require(CHANNELS)
    chats.forget_acquaintance(request.actor, vendor=name, user=request.POST.get("user", ""))
    messages.success(request, "Forgotten. The chat is asked anew who that is when they next write.")
    return redirect("channel", name)


@require_POST
@never_cache
def test(request: ScreenRequest, name: str) -> HttpResponseBase:
    """Send a test message through it."""
    view = queries.channel(request.actor, name)
    form = _trial(request, view, request.POST)
    if form.is_valid():
        with form.refusals():
            commands.test_channel(request.actor, name=name, **form.cleaned_data)
            messages.success(request, "A test is on its way. What the provider answers stands below.")
            return redirect("channel", name)
    return _page(request, view, trial=form)


@require_POST
def remove(request: ScreenRequest, name: str) -> HttpResponseBase:
    """Forget the account, after its name was typed."""
    view = queries.channel(request.actor, name)
    form = TypedConfirmation(request.POST, expected=view.title)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for _, sentence in form.errors_listed()))
        return redirect("channel", name)
    commands.remove_channel(request.actor, name=name)
    messages.success(request, f"The account at {view.title} is forgotten; nothing is sent through it.")
    return redirect("channels")


def _trial(request: ScreenRequest, view: ChannelView, data: Any = None) -> TrialForm:
    kinds = {each.kind: each for each in _typed(request, view)}
    placeholder = next((field.placeholder for each in kinds.values() for field in each.fields), "")
    return TrialForm(data, kinds=[(kind, each.name) for kind, each in kinds.items()], placeholder=placeholder)


def _typed(request: ScreenRequest, view: ChannelView) -> list[TransportView]:
    """Kinds of message whose address can be typed; others are tried by whoever has one, under Contact methods."""
    return [
        each
        for each in transport_views(request.actor)
        if each.kind in view.kinds and any(field.name == "address" and field.given for field in each.fields)
    ]


def _page(
    request: ScreenRequest, view: ChannelView, *, form: ChannelForm | None = None, trial: TrialForm | None = None
) -> HttpResponseBase:
    request.actor.require(CHANNELS)
    sent = queries.channel_tests(request.actor, view.name)
    usable = view.state != "off" and bool(_typed(request, view))
    wrong = any(each is not None and each.errors for each in (form, trial))
    context = {
        "tab": "channels",
        "channel": view,
        "state": STATES[view.state],
        "form": form or ChannelForm(view=view),
        "trial": trial or (_trial(request, view) if usable else None),
        "own": view.kinds[0] if view.state != "off" and view.kinds and not usable else "",
        "sent": [(row, *SENT.get(row.state, ("unknown", row.state))) for row in sent],
        "moving": _moving(sent),
        "known": _known(request, view),
    }
    return render(request, "channels/channel.html", context, status=422 if wrong else 200)


def _known(request: ScreenRequest, view: ChannelView) -> list[AcquaintanceView]:
    """Whom the users of a chat were taken for."""
    chat = chat_of(view.name)
    heard = chat is not None and chat.two_way
    return [one for one in acquaintances(request.actor) if one.vendor == view.name] if heard else []


def _moving(rows: list[DeliveryView]) -> bool:
    return any(row.state in _MOVING for row in rows[:3])
