"""What happens around every view: who looks, in which zone, private by default, refusals as pages.

Hides the difference between a full page and an htmx request. Never swallows anything but a `Refused`.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from tocsin.core.identity import actor_behind
from tocsin.kernel.errors import Refused
from tocsin.ui.access import is_public
from tocsin.ui.saved_views import OpensWithDefault

SECRET_WORDS = ("password", "secret", "token", "key", "code", "csrf", "credential")
"""Fields whose name contains one of these are never shown back on a refusal page."""

TITLES = {
    403: "You may not do this",
    404: "There is no such thing",
    409: "Not possible as it is now",
    422: "This cannot be used as it is",
    503: "Tocsin is not well right now",
}


class ScreenMiddleware:
    """Puts `request.actor` on the request, activates the viewer's zone, asks strangers to sign in,
    and answers a `Refused` raised by a view with its own status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request."""
        request.actor = actor_behind(request)  # type: ignore[attr-defined]
        with timezone.override(_zone(request)), _language(request):
            response = self.get_response(request)
        return _next_address(response) if _is_form(request) and 300 <= response.status_code < 400 else response

    def process_view(
        self, request: HttpRequest, view: object, args: Sequence[object], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        """Send people who are not signed in to the sign-in page, unless the view is `@public`."""
        if is_public(view) or request.user.is_authenticated:
            return None
        if _is_htmx(request):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse(str(settings.LOGIN_URL))})
        return redirect_to_login(request.get_full_path(), reverse(str(settings.LOGIN_URL)))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A `Refused` becomes a page, or for htmx a note in `#errors`; the page keeps what was typed."""
        if isinstance(error, OpensWithDefault):
            return HttpResponseRedirect(error.address)
        if not isinstance(error, Refused):
            return None
        if _is_htmx(request):
            response = render(request, "ui/parts/refusal.html", {"refusal": error}, status=error.status)
            response["HX-Retarget"] = "#errors"
            response["HX-Reswap"] = "innerHTML"
            return response
        if _is_form(request):
            # The form is still on the page with all that was typed: it only has to be told.
            sentence = f"Not done. {error.sentence} What you typed is kept."
            return HttpResponse(sentence, status=error.status, content_type="text/plain", headers={"X-Refused": "1"})
        return render(
            request,
            "ui/refused.html",
            {"refusal": error, "heading": TITLES.get(error.status, "This did not work"), "kept": _kept(request)},
            status=error.status,
        )


def _zone(request: HttpRequest) -> ZoneInfo | None:
    name = getattr(request.user, "time_zone", "") if hasattr(request, "user") else ""
    try:
        return ZoneInfo(str(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _language(request: HttpRequest) -> AbstractContextManager[object]:
    """The person's own language where they chose one that is there; else what the browser asked for stays."""
    chosen = str(getattr(request.user, "language", "") or "") if hasattr(request, "user") else ""
    known = chosen in dict(settings.LANGUAGES)
    return translation.override(chosen) if known else nullcontext()


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def _is_form(request: HttpRequest) -> bool:
    """True for a form that our script sends; see `ui/js/submit.js`."""
    return request.headers.get("X-Form") == "1"


def _next_address(response: HttpResponseBase) -> HttpResponse:
    """A redirect as the script can read it: it loads the address itself, and with it the messages of what was done."""
    answer = HttpResponse(status=204, headers={"X-Location": response["Location"]})
    answer.cookies.update(response.cookies)
    return answer


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, so that nothing is lost; secrets and hidden machinery left out."""
    return [
        (name.replace("_", " "), value)
        for name, values in request.POST.lists()
        for value in values
        if value and not any(word in name.lower() for word in SECRET_WORDS)
    ]
