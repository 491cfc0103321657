"""Refusals as `application/problem+json` (RFC 9457): one sentence that names the field and the mend.

Hides where a refusal came from: the commands, the shape of the input, or the door. Never shows anything of an error
of ours.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from tocsin.kernel.errors import Conflict, Refused

log = structlog.get_logger()
TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that cannot be used as it is."""

    field: str
    detail: str


class Problem(BaseModel):
    """Why a request was refused. `detail` is one sentence for a person; `field` names the input at fault."""

    type: str
    title: str
    status: int
    detail: str
    field: str = ""
    errors: list[Fault] = []


def problem(
    status: int,
    detail: str,
    *,
    field: str = "",
    errors: Sequence[Fault] = (),
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The answer of a refusal."""
    said = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        field=field,
        errors=list(errors),
    )
    return JsonResponse(said.model_dump(), status=status, content_type=TYPE, headers=headers)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A command's own refusal, in its own words. With `If-Match`, somebody else's change is 412."""
    status = error.status
    if isinstance(error, Conflict) and "If-Match" in request.headers and error.field in ("version", ""):
        status = 412
    return problem(status, error.sentence, field=error.field)


def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input of the wrong shape: every fault, the first one as the sentence."""
    # A misspelt name comes first: it explains why another one is missing.
    found_out = sorted(error.errors, key=lambda found: found.get("type") != "extra_forbidden")
    faults = [_fault(found) for found in found_out]
    first = faults[0] if faults else Fault(field="", detail="The request cannot be read.")
    return problem(422, first.detail, field=first.field, errors=faults)


def _fault(found: dict[str, Any]) -> Fault:
    where = [str(part) for part in found.get("loc", ())]
    # ("body", "given", "title"): the first names the place, the second our own parameter.
    named = where[2:] if where[:1] == ["body"] else where[1:]
    field = ".".join(named)
    kind = found.get("type", "")
    if kind == "extra_forbidden":
        return Fault(field=field, detail=f"{field}: there is no such field here; leave it out or correct its name.")
    if kind == "missing":
        return Fault(field=field, detail=f"{field or 'body'}: this is required.")
    said = str(found.get("msg", "cannot be used")).removeprefix("Value error, ")
    return Fault(field=field, detail=f"{field or 'body'}: {said[:1].lower()}{said[1:].rstrip('.')}.")


def by_library(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the library could not read: as a rule a body that is not JSON."""
    said = {400: "The body is not JSON in UTF-8; send one object with Content-Type application/json."}
    return problem(error.status_code, said.get(error.status_code, str(error)))


def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """No such thing."""
    return problem(404, "There is no such thing.")


def ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """An error of ours: logged whole, answered without a word of it."""
    log.exception("api_failed", path=request.path, method=request.method)
    return problem(500, "Something broke in Tocsin. It is logged; whether anything was done is not known.")
