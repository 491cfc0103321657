"""What every request of the API passes: who asks, how often, once or twice, and which version is meant.

Hides bearer tokens, sessions and headers from the operations. Decides nothing about what an actor may do.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja.utils import check_csrf

from tocsin.api import limits
from tocsin.api.problems import problem
from tocsin.api.remembering import once
from tocsin.core.identity import actor_behind
from tocsin.domain.accounts.commands import actor_by_token
from tocsin.kernel.actor import ANONYMOUS, Actor
from tocsin.kernel.errors import Invalid

Run = Callable[..., HttpResponseBase]
T = TypeVar("T")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES = 2 * 1024 * 1024


class ApiRequest(HttpRequest):
    """A request as operations see it: with its actor."""

    actor: Actor
    api_version: int


def guarded(operation: Callable[..., Any], run: Run) -> Run:
    """`run`, with everything around it that each operation needs."""
    known = frozenset(inspect.signature(operation).parameters)

    def passed(request: ApiRequest, **given: Any) -> HttpResponseBase:
        actor, refusal = _who(request)
        if refusal is not None:
            return refusal
        turn = limits.take(actor.id)
        answer = _answer(request, actor, known, run, given) if turn.allowed else _too_many(turn)
        for name, value in turn.headers.items():
            answer[name] = value
        answer["Cache-Control"] = "no-store"
        return answer

    return passed


def _who(request: ApiRequest) -> tuple[Actor, HttpResponse | None]:
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        actor = (actor_by_token(raw.strip()) if scheme.lower() == "bearer" else None) or ANONYMOUS
    else:
        actor = actor_behind(request)
        if actor is not ANONYMOUS and request.method not in _SAFE and check_csrf(request) is not None:
            return actor, problem(403, "X-CSRFToken: a session needs its token with every change; or use an API token.")
    if actor is ANONYMOUS:
        said = "Authorization: send 'Bearer' and an API token that is not revoked or too old, or sign in."
        return actor, problem(401, said, field="Authorization", headers={"WWW-Authenticate": 'Bearer realm="Tocsin"'})
    request.actor = actor
    return actor, None


def _too_many(turn: limits.Turn) -> HttpResponse:
    return problem(429, f"Too many requests; go on in {turn.headers['Retry-After']} s.")


def _answer(
    request: ApiRequest, actor: Actor, known: frozenset[str], run: Run, given: dict[str, Any]
) -> HttpResponseBase:
    strange = [name for name in request.GET if name not in known]
    if strange:
        said = f"{strange[0]}: there is no such parameter here; leave it out or correct its name."
        return problem(422, said, field=strange[0])
    if any("\x00" in value for values in request.GET.lists() for value in values[1]):
        return problem(422, "A parameter holds a NUL character; leave it out.")
    if _size(request) > MOST_BYTES:
        return problem(413, f"The body is larger than {MOST_BYTES} bytes; send less at once.")
    if request.method == "POST":
        return once(request, actor, lambda: run(request, **given))
    answer = run(request, **given)
    version = getattr(request, "api_version", None)
    if version is not None and answer.status_code == 200:
        answer["ETag"] = f'"{version}"'
        if request.method == "GET" and request.headers.get("If-None-Match") == answer["ETag"]:
            return HttpResponse(status=304, headers={"ETag": answer["ETag"]})
    return answer


def _size(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if str(said).isdigit() else 0


def versioned(request: ApiRequest, found: T) -> T:
    """Say which version this answer is: `found` has a `version`. It becomes the ETag."""
    request.api_version = found.version  # type: ignore[attr-defined]
    return found


def if_match(request: ApiRequest) -> int | None:
    """The version that the caller looked at, from `If-Match`; None when they do not say. Raises `Invalid`."""
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*"):
        return None
    number = said.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise Invalid('If-Match: send the ETag of the answer you looked at, such as "3".', field="If-Match")
    return int(number)
