"""Where strangers subscribe, confirm, choose and leave: no sign-in, no cookie, no script.

GET shows a page with a button (mail scanners follow links), POST acts. The static page cannot carry a cross-site token;
a forged request could at most have a message sent that asks the reader whether they want more.
"""

from collections.abc import Mapping

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.domain.statuspage import commands, queries
from tocsin.domain.statuspage.rendering.files import style
from tocsin.domain.statuspage.shelf import ROOT
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid, NotFound, Refused
from tocsin.screens.communicate.public_status_page.throttle import Throttle
from tocsin.ui.access import ScreenRequest, public

_READER = system("status-page")
_throttle = Throttle(most=60, seconds=3600)
_PARTS = "public_status_page/"


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: ScreenRequest) -> HttpResponseBase:
    """Ask to be told. The answer is the same whoever is subscribed already."""
    kind = str((request.POST or request.GET).get("kind", "mail"))
    kind = kind if kind in {"mail", "webhook", "slack"} else "mail"
    address, chosen = str(request.POST.get("address", "")), request.POST.getlist("components")
    context: dict[str, object] = {"kind": kind, "address": address, "chosen": chosen}
    if request.method != "POST":
        return _answer(request, "subscribe.html", context)
    if request.POST.get("website"):
        # Only programs fill what nobody sees; they get the answer that they expect.
        return _answer(request, "asked.html", context)
    if not _throttle.allows(request.META.get("REMOTE_ADDR", "")):
        wrong = gettext_lazy("Too many requests came from here; try again in an hour.")
        return _answer(request, "subscribe.html", context | {"wrong": wrong}, 429)
    try:
        commands.subscribe(request.actor, kind=kind, address=address, components=chosen)
    except Invalid:
        wrong = gettext_lazy("This is not an address that we can write to; correct it and try again.")
        return _answer(request, "subscribe.html", context | {"wrong": wrong}, 422)
    except Refused as refused:
        wrong = gettext_lazy("Nobody can subscribe at this moment; try again in an hour.")
        return _answer(request, "subscribe.html", context | {"wrong": wrong}, refused.status)
    return _answer(request, "asked.html", context)


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ScreenRequest, token: str) -> HttpResponseBase:
    """The link of the first message: a page with one button."""
    if request.method != "POST":
        return _answer(request, "confirm.html", {})
    try:
        commands.confirm(token)
    except NotFound:
        return _answer(request, "gone.html", {}, 404)
    return _answer(request, "confirmed.html", {})


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: ScreenRequest, token: str) -> HttpResponseBase:
    """The link under each message: choose, or leave. A mail program leaves with one POST (RFC 8058)."""
    try:
        if request.method == "POST" and request.POST.get("do") == "choose":
            commands.choose(token, components=request.POST.getlist("components"))
            return _answer(request, "subscription.html", {"view": queries.subscription(token), "saved": True})
        if request.method == "POST":
            commands.unsubscribe(token)
            return _answer(request, "left.html", {})
        view = queries.subscription(token)
    except NotFound:
        return _answer(request, "gone.html", {}, 404)
    return _answer(request, "left.html" if view.state == "left" else "subscription.html", {"view": view})


def _answer(request: ScreenRequest, name: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    picture = queries.page(_READER)
    # Relative, so that a proxy may give the page a name and an address of its own.
    root = "../" * (request.path.count("/") - ROOT.count("/"))
    language = picture.languages[0] if picture else "en"
    with translation.override(language):
        listed = queries.components(_READER) if name == "subscribe.html" else []
        everything: dict[str, object] = {
            "page": picture,
            "root": root,
            "home": root,
            "where": {"style": style().path},
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "components": [(one.code, one.name) for one in listed],
        }
        response = render(request, f"{_PARTS}{name}", everything | dict(context), status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
