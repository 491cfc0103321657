"""Channels of an incident in the team's chat: the list, opening, trying again, leaving."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.domain.chat import commands, queries
from tocsin.domain.chat.permissions import OPEN
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.kernel.errors import NotFound
from tocsin.screens.incident import form_page
from tocsin.ui.access import ScreenRequest

STAGE, SCREEN = "respond", "chat_channels"


@require_safe
def page(request: ScreenRequest, ref: str) -> HttpResponse:
    """What there is, and what can be opened."""
    context = form_page(request, ref, STAGE, SCREEN)
    seen = context["incident"]
    found = queries.channels(request.actor, seen.id)
    here = {channel.vendor for channel in found if channel.state != "closed"}
    going_on = State(seen.state) in ACTIVE_STATES and not seen.restricted
    context |= {
        "channels": found,
        "vendors": [vendor for vendor in queries.vendors(request.actor) if vendor.vendor not in here],
        "may_open": request.actor.has(OPEN) and going_on,
        "may_change": request.actor.has(OPEN),
    }
    return render(request, "chat_channels/page.html", context)


@require_POST
def open_(request: ScreenRequest, ref: str, vendor: str) -> HttpResponse:
    """Ask for a channel; the engine makes it."""
    commands.open_channel(request.actor, incident=ref, vendor=vendor)
    messages.success(request, "The channel is being made.")
    return redirect("chat_channels", ref=ref)


@require_POST
def retry(request: ScreenRequest, ref: str, chat_channel: UUID) -> HttpResponse:
    """Try again what the vendor refused."""
    commands.retry_channel(request.actor, channel=_of(request, ref, chat_channel))
    messages.success(request, "It is tried again.")
    return redirect("chat_channels", ref=ref)


@require_POST
def leave(request: ScreenRequest, ref: str, chat_channel: UUID) -> HttpResponse:
    """Follow it no longer."""
    commands.close_channel(request.actor, channel=_of(request, ref, chat_channel))
    messages.success(request, "Tocsin no longer follows this channel. It stays where it is.")
    return redirect("chat_channels", ref=ref)


def _of(request: ScreenRequest, ref: str, chat_channel: UUID) -> str:
    if str(chat_channel) not in {known.id for known in queries.channels(request.actor, ref)}:
        raise NotFound("There is no such channel in this incident.")
    return str(chat_channel)
