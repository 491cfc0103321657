"""Calendars for other programs: secret addresses, what they open, and the same as a download."""

from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tocsin.domain.oncall import commands, queries
from tocsin.screens.admin.on_call.duty_forms import FeedForm
from tocsin.screens.admin.on_call.ical import calendar_of
from tocsin.ui.access import ScreenRequest, public


@never_cache
def listing(request: ScreenRequest) -> HttpResponseBase:
    """One's calendar addresses, and a form for a new one, whose address is on the answer and nowhere else."""
    schedules = queries.on_call_now(request.actor)
    form, made = FeedForm(request.POST if request.method == "POST" else None, schedules=schedules), ""
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            token = commands.make_feed(request.actor, schedule_id=form.cleaned_data["schedule"])
            made = f"{settings.PUBLIC_URL}/on-call/feeds/{token}.ics"
            form = FeedForm(schedules=schedules)
    context = {"feeds": queries.feeds(request.actor), "form": form, "made": made, "place": "oncall"}
    return render(request, "on_call/feeds.html", context, status=422 if form.is_bound else 200)


@require_POST
def revoke(request: ScreenRequest, feed_id: UUID) -> HttpResponseBase:
    """Make an address open nothing."""
    commands.revoke_feed(request.actor, feed_id=str(feed_id))
    messages.success(request, "Revoked: the address opens nothing from now on.")
    return redirect("calendar_feeds")


@require_GET
def download(request: ScreenRequest) -> HttpResponse:
    """The calendar of a schedule, a team or a person as a file; of oneself unless `of` says otherwise."""
    kind, _, id_ = request.GET.get("of", "").partition(":")
    key = {"schedule": "schedule_id", "team": "team_id", "person": "person_id"}.get(kind, "person_id")
    whose = id_ or request.actor.person
    found = queries.feed_content(request.actor, name="On call", **{key: whose})
    answer = HttpResponse(calendar_of(found), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="on-call.ics"'
    return answer


@public
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """What a calendar program reads. The secret in the address is the permission."""
    found = queries.feed(token)
    if found is None:
        raise Http404
    body = calendar_of(found)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponseBase = HttpResponseNotModified()
    else:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=300"
    return answer
