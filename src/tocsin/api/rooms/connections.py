"""Where alerts come from and go to: integrations and routes."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from tocsin.api.door import ApiRequest
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Done, Limit, Made, Page, page_of
from tocsin.domain.alerts import commands, queries, views
from tocsin.domain.alerts.permissions import CONNECT, ROUTE, VIEW
from tocsin.domain.oncall.rules.urgency import Severity

offer = Offer("integrations and routes")
Seconds = Annotated[int, Field(ge=1, le=31 * 24 * 3600)]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class Integration(Body):
    """A new source. `service` by id or slug; `every_seconds` when it speaks in a rhythm."""

    kind: str
    name: Name
    service: str | None = None
    every_seconds: Seconds | None = None


class IntegrationChange(Body):
    """All that can be changed of a source."""

    name: Name
    service: str | None = None
    every_seconds: Seconds | None = None


class TestAlert(Body):
    """How bad the test alert says it is."""

    severity: Severity = Severity.CRITICAL


class Route(Body):
    """Alerts that meet the matchers go to the service."""

    name: Name
    matchers: Annotated[str, Field(max_length=2000)]
    service: str | None = None
    policy_id: str = ""
    group_by: list[Annotated[str, Field(max_length=100)]] = ["alertname"]
    continues: bool = False


class Order(Body):
    """Ids of all routes, first one first."""

    route_ids: list[str]


@offer.get("/integrations", Page[views.IntegrationView], needs=VIEW)
def integrations(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[views.IntegrationView]:
    """All connected sources by name; keys only for who may connect."""
    return page_of(queries.integrations(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/integrations", commands.Connected, needs=CONNECT, status=201)
def connect(request: ApiRequest, given: Integration) -> commands.Connected:
    """Connect a source of alerts; the answer holds its address and key."""
    return commands.add_integration(
        request.actor, kind=given.kind, name=given.name, service=given.service, every=_span(given.every_seconds)
    )


@offer.get("/integrations/{integration}", views.IntegrationView, needs=VIEW)
def integration(request: ApiRequest, integration: str) -> views.IntegrationView:
    """One source."""
    return queries.integration(request.actor, integration)


@offer.put("/integrations/{integration}", views.IntegrationView, needs=CONNECT)
def change(request: ApiRequest, integration: str, given: IntegrationChange) -> views.IntegrationView:
    """Rename a source, point it to another service, say how often it speaks."""
    commands.change_integration(
        request.actor,
        integration_id=integration,
        name=given.name,
        service=given.service,
        every=_span(given.every_seconds),
    )
    return queries.integration(request.actor, integration)


@offer.post("/integrations/{integration}/rotate-key", commands.Connected, needs=CONNECT)
def rotate(request: ApiRequest, integration: str) -> commands.Connected:
    """A new key; the one before works for another 24 hours."""
    return commands.rotate_key(request.actor, integration_id=integration)


@offer.post("/integrations/{integration}/test", Done, needs=CONNECT)
def test(request: ApiRequest, integration: str, given: TestAlert) -> Done:
    """Send a test alert, which pages as a real one would and resolves after 5 minutes."""
    commands.send_test_alert(request.actor, integration_id=integration, severity=given.severity)
    return Done(said="On its way.")


@offer.delete("/integrations/{integration}", needs=CONNECT)
def disconnect(request: ApiRequest, integration: str) -> None:
    """Disconnect a source: its keys stop within seconds, its alerts stay."""
    commands.remove_integration(request.actor, integration_id=integration)


@offer.get("/routes", Page[views.RouteView], needs=VIEW)
def routes(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[views.RouteView]:
    """All routes in order."""
    return page_of(queries.routes(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/routes", Made, needs=ROUTE, status=201)
def add_route(request: ApiRequest, given: Route) -> Made:
    """Add a route at the end."""
    return Made(id=commands.save_route(request.actor, **given.dict()))


@offer.put("/routes/order", Done, needs=ROUTE)
def reorder(request: ApiRequest, given: Order) -> Done:
    """Put the routes into this order; all of them must be named."""
    commands.reorder_routes(request.actor, route_ids=given.route_ids)
    return Done(said="In this order.")


@offer.put("/routes/{route}", Made, needs=ROUTE)
def change_route(request: ApiRequest, route: str, given: Route) -> Made:
    """Replace a route."""
    return Made(id=commands.save_route(request.actor, route_id=route, **given.dict()))


@offer.delete("/routes/{route}", needs=ROUTE)
def remove_route(request: ApiRequest, route: str) -> None:
    """Remove a route."""
    commands.remove_route(request.actor, route_id=route)


def _span(seconds: int | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None
