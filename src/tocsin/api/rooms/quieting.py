"""What keeps alerts quiet for a reason: inhibitions and maintenance windows."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Instant, Limit, Made, Page, page_of
from tocsin.domain.alerts import commands, queries, views
from tocsin.domain.alerts.permissions import HANDLE, ROUTE, VIEW

offer = Offer("inhibitions and maintenance")
Name = Annotated[str, Field(min_length=1, max_length=120)]
Matchers = Annotated[str, Field(max_length=2000)]


class Inhibition(Body):
    """While a source fires, targets with the same values of the equal labels are quiet."""

    name: Name
    source: Matchers
    target: Matchers
    equal: list[Annotated[str, Field(max_length=100)]] = []
    enabled: bool = True


class Window(Body):
    """Planned work. `rule` is an RFC 5545 recurrence; `services` by id or slug."""

    name: Name
    starts_at: Instant
    lasts_seconds: Annotated[int, Field(ge=60, le=31 * 24 * 3600)]
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    rule: Annotated[str, Field(max_length=500)] = ""
    services: list[str] = []
    matchers: Matchers = ""
    critical_pages: bool = False
    comment: Annotated[str, Field(max_length=2000)] = ""


def _planned(given: Window) -> dict[str, object]:
    return {**given.dict(exclude={"lasts_seconds"}), "lasts": timedelta(seconds=given.lasts_seconds)}


@offer.get("/inhibitions", Page[views.InhibitionView], needs=VIEW)
def inhibitions(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[views.InhibitionView]:
    """All inhibitions by name, with how many alerts each keeps quiet now."""
    return page_of(queries.inhibitions(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/inhibitions", Made, needs=ROUTE, status=201)
def add_inhibition(request: ApiRequest, given: Inhibition) -> Made:
    """Add an inhibition."""
    return Made(id=commands.save_inhibition(request.actor, **given.dict()))


@offer.put("/inhibitions/{inhibition}", Made, needs=ROUTE)
def change_inhibition(request: ApiRequest, inhibition: str, given: Inhibition) -> Made:
    """Replace an inhibition."""
    return Made(id=commands.save_inhibition(request.actor, inhibition_id=inhibition, **given.dict()))


@offer.delete("/inhibitions/{inhibition}", needs=ROUTE)
def remove_inhibition(request: ApiRequest, inhibition: str) -> None:
    """Remove an inhibition: what it kept quiet and still fires is told."""
    commands.remove_inhibition(request.actor, inhibition_id=inhibition)


@offer.get("/maintenance-windows", Page[views.MaintenanceView], needs=VIEW)
def windows(
    request: ApiRequest, over: bool = False, cursor: str = "", limit: Limit = 50
) -> Page[views.MaintenanceView]:
    """Windows under way and planned, soonest first; with `over` those that are over too."""
    return page_of(queries.maintenances(request.actor, over=over), cursor, limit, key=lambda row: row.id)


@offer.post("/maintenance-windows", views.MaintenanceView, needs=HANDLE, status=201)
def plan(request: ApiRequest, given: Window) -> views.MaintenanceView:
    """Plan a window."""
    made = commands.save_maintenance(request.actor, **_planned(given))  # type: ignore[arg-type]
    return queries.maintenance(request.actor, made)


@offer.get("/maintenance-windows/{window}", views.MaintenanceView, needs=VIEW)
def window(request: ApiRequest, window: str) -> views.MaintenanceView:
    """One window."""
    return queries.maintenance(request.actor, window)


@offer.put("/maintenance-windows/{window}", views.MaintenanceView, needs=HANDLE)
def replan(request: ApiRequest, window: str, given: Window) -> views.MaintenanceView:
    """Replace a window."""
    commands.save_maintenance(request.actor, window_id=window, **_planned(given))  # type: ignore[arg-type]
    return queries.maintenance(request.actor, window)


@offer.post("/maintenance-windows/{window}/end", Done, needs=HANDLE)
def end(request: ApiRequest, window: str) -> Done:
    """End the work under way now, or skip the next time; later ones stay."""
    commands.end_maintenance(request.actor, window_id=window)
    return Done(said="Ended, or skipped.")


@offer.delete("/maintenance-windows/{window}", needs=HANDLE)
def remove_window(request: ApiRequest, window: str) -> None:
    """Remove a window with all its times to come."""
    commands.remove_maintenance(request.actor, window_id=window)
