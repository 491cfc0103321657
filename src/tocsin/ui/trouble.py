"""What is answered when a request broke: a store that is away is 503 and said in words, anything else is our fault.

Asks the store nothing, not even who looks. Never says what broke inside.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

RETRY_AFTER = "5"
SENTENCE = (
    "The store cannot be reached, so nothing is accepted: what you just pressed or sent did not count. "
    "Paging goes on as soon as it is back. Try again in a few seconds."
)
_PROBLEM = {"type": "about:blank", "title": "The store is away", "status": 503, "detail": SENTENCE}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what no view caught; called while the exception is handled."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("500.html"), status=500)
    answer = _away(request)
    answer.headers["Retry-After"] = RETRY_AFTER
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _away(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(_PROBLEM, status=503, content_type="application/problem+json")
    if request.headers.get("X-Form") == "1":
        sentence = f"Not done. {SENTENCE} What you typed is kept."
        return HttpResponse(sentence, status=503, content_type="text/plain", headers={"X-Refused": "1"})
    return HttpResponse(render_to_string("503.html", {"sentence": SENTENCE}), status=503)
