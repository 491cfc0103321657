"""The link of a page: GET shows it (mail scanners fetch links), POST acts. Open to whoever holds the link.

Hides nothing but the person's zone. Asks for no sign-in and no cookie: the token in the address is the secret that
a forged request would need, so the usual cross-site token would only lock out browsers without cookies.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.domain.oncall import commands, queries
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound
from tocsin.ui.access import ScreenRequest, public

_REPLY = "reply:"
_ACTS: Mapping[str, Callable[[str], object]] = {
    "acknowledge": commands.acknowledge_by_link,
    "pass_on": commands.pass_on_by_link,
    "undo": commands.undo_acknowledge_by_link,
}


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge_page(request: ScreenRequest, token: str) -> HttpResponseBase:
    """The page behind the link, and the press of one of its buttons."""
    try:
        if request.method == "POST":
            return _act(request, token)
        return _page(request, token)
    except NotFound as refused:
        return _answer(request, "acknowledge_page/unknown.html", {"sentence": refused.sentence}, refused.status)


def _act(request: ScreenRequest, token: str) -> HttpResponseBase:
    """Do what was pressed; the page after it shows what is true now, so that a second press harms nothing."""
    wish = request.POST.get("do", "")
    if wish == "opened":
        commands.note_opened(token)
        return HttpResponse(status=204)
    if wish.startswith(_REPLY):
        return _reply(request, token, wish.removeprefix(_REPLY))
    act = _ACTS.get(wish)
    if act is None:
        return _page(request, token, refused="Nothing was done: this button is not known.", status=422)
    try:
        act(token)
    except Conflict as refused:
        return _page(request, token, refused=refused.sentence, status=refused.status)
    return redirect("acknowledge_page", token)


def _reply(request: ScreenRequest, token: str, value: str) -> HttpResponseBase:
    """One of the answers that the subject's room asks for, with a reason and a time in the person's zone."""
    try:
        come_at = _come_at(queries.link(token).time_zone, request.POST.get("come_at", ""))
        commands.reply_by_link(token, value=value, reason=request.POST.get("reason", ""), come_at=come_at)
    except (Conflict, Invalid, Denied) as refused:
        return _page(request, token, refused=refused.sentence, status=refused.status)
    return redirect("acknowledge_page", token)


def _come_at(zone: str, given: str) -> datetime | None:
    """`03:40` as the next such moment in the person's zone. Raises `Invalid`."""
    if not given:
        return None
    try:
        wall = time.fromisoformat(given)
    except ValueError as error:
        raise Invalid("come_at: write a time like 03:40.", field="come_at") from error
    here = now().astimezone(ZoneInfo(zone))
    found = here.replace(hour=wall.hour, minute=wall.minute, second=0, microsecond=0)
    return found if found > here else found + timedelta(days=1)


def _page(request: ScreenRequest, token: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    view = queries.link(token)
    undo_left = int((view.undo_until - now()).total_seconds()) + 1 if view.undo_until else 0
    context: dict[str, object] = {
        "page": view,
        "refused": refused,
        "undo_left": undo_left,
        "since": now() - view.started_at,
    }
    context["first_name"] = (view.person.split() or ["you"])[0]
    with timezone.override(ZoneInfo(view.time_zone)):
        return _answer(request, "acknowledge_page/page.html", context, status)


def _answer(request: ScreenRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
