"""Checks: what Tocsin asks by itself, how each stands, its answers."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from tocsin.api.door import ApiRequest, if_match
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Page, page_of
from tocsin.domain.monitoring import commands, queries, views
from tocsin.domain.monitoring.permissions import ARRANGE, RUN, VIEW
from tocsin.kernel.clock import now

offer = Offer("checks")
Name = Annotated[str, Field(min_length=1, max_length=120)]
Target = Annotated[str, Field(max_length=2000)]
Seconds = Annotated[int, Field(ge=1, le=7 * 24 * 3600)]
Severity = Literal["critical", "high", "medium", "low", "unknown"]
Times = Annotated[int, Field(ge=1, le=10)]


class Check(Body):
    """Something to ask again and again. What `expect` may hold depends on the kind."""

    name: Name
    kind: Annotated[str, Field(max_length=40)] = "http"
    target: Target = ""
    service: str | None = None
    interval_seconds: Seconds = 30
    timeout_seconds: Seconds = 10
    expect: dict[str, Any] = {}
    severity: Severity = "high"
    fail_after: Times = 2
    recover_after: Times = 2


class CheckChange(Body):
    """What is left out stays."""

    name: Name | None = None
    target: Target | None = None
    service: str | None = None
    interval_seconds: Seconds | None = None
    timeout_seconds: Seconds | None = None
    expect: dict[str, Any] | None = None
    severity: Severity | None = None
    fail_after: Times | None = None
    recover_after: Times | None = None


def _as_asked(given: dict[str, Any]) -> dict[str, Any]:
    names = {"service": "service_id", "interval_seconds": "interval", "timeout_seconds": "timeout"}
    return {
        names.get(name, name): timedelta(seconds=value) if name.endswith("_seconds") else value
        for name, value in given.items()
        if value is not None or name == "service"
    }


@offer.get("/checks", Page[views.CheckView], needs=VIEW)
def listing(request: ApiRequest, service: str = "", cursor: str = "", limit: Limit = 50) -> Page[views.CheckView]:
    """All checks by name, or those of a service by its id."""
    found = queries.checks(request.actor, [service] if service else None)
    return page_of(found, cursor, limit, key=lambda row: row.id)


@offer.post("/checks", views.CheckView, needs=ARRANGE, status=201)
def add(request: ApiRequest, given: Check) -> views.CheckView:
    """Ask something again and again from now on."""
    return queries.check(request.actor, commands.add_check(request.actor, **_as_asked(given.dict())))


@offer.get("/checks/{check}", views.CheckView, needs=VIEW)
def one(request: ApiRequest, check: str) -> views.CheckView:
    """One check."""
    return queries.check(request.actor, check)


@offer.patch("/checks/{check}", views.CheckView, needs=ARRANGE)
def change(request: ApiRequest, check: str, given: CheckChange) -> views.CheckView:
    """Change what is given."""
    said = _as_asked(given.dict(exclude_unset=True))
    commands.change_check(request.actor, check_id=check, version=if_match(request), **said)
    return queries.check(request.actor, check)


@offer.delete("/checks/{check}", needs=ARRANGE)
def remove(request: ApiRequest, check: str) -> None:
    """Ask it no more; its alert ends, its log stays."""
    commands.remove_check(request.actor, check_id=check)


@offer.post("/checks/{check}/run", Done, needs=RUN)
def run(request: ApiRequest, check: str) -> Done:
    """Ask it at once; the answer comes within seconds."""
    commands.run_now(request.actor, check_id=check)
    return Done(said="Asked.")


@offer.post("/checks/{check}/pause", views.CheckView, needs=ARRANGE)
def pause(request: ApiRequest, check: str) -> views.CheckView:
    """Do not ask it until it is resumed."""
    commands.pause_check(request.actor, check_id=check)
    return queries.check(request.actor, check)


@offer.post("/checks/{check}/resume", views.CheckView, needs=ARRANGE)
def resume(request: ApiRequest, check: str) -> views.CheckView:
    """Ask it again, at once."""
    commands.resume_check(request.actor, check_id=check)
    return queries.check(request.actor, check)


@offer.get("/checks/{check}/series", views.Series, needs=VIEW)
def series(request: ApiRequest, check: str, since: Instant | None = None) -> views.Series:
    """Answers over time, of the last 24 hours unless told otherwise."""
    queries.check(request.actor, check)
    return queries.series(request.actor, check, since or now() - timedelta(hours=24))
