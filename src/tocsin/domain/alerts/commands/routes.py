"""Routes: which alerts go to which service and policy. The first that matches takes the alert."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from tocsin.core.log import Pending, append, append_many
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.placing import DEFAULT_GROUP_BY, in_words, stored
from tocsin.domain.alerts.models import Route
from tocsin.domain.alerts.permissions import ROUTE
from tocsin.domain.alerts.rules.routing import parse_matchers
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid, NotFound


def save_route(
    actor: Actor,
    *,
    name: str,
    matchers: str,
    service: str | None = None,
    policy_id: str = "",
    group_by: Sequence[str] = DEFAULT_GROUP_BY,
    continues: bool = False,
    enabled: bool = True,
    route_id: str | None = None,
) -> str:
    """Add a route at the end, or change one; returns its id. Event: RouteSaved. Raises `Invalid`, `NotFound`.

    It takes effect for alerts that open from now on; groups that exist stay where they are. With `continues` the
    next route that matches is paged as well.
    """
    actor.require(ROUTE)
    if not name.strip() or len(name) > 120:
        raise Invalid("name: write 1 to 120 characters.", field="name")
    if not service and not policy_id:
        raise Invalid("service: choose a service or a policy, or the route leads nowhere.", field="service")
    parsed = parse_matchers(matchers)
    with transaction.atomic():
        row = _find(route_id) if route_id else Route(order=_last() + 1)
        row.name, row.matchers = name.strip(), stored(parsed)
        row.service_id = catalog.service(actor, service).id if service else None
        row.policy_id, row.group_by, row.continues = policy_id, list(group_by), continues
        row.enabled = enabled
        row.save()
        saved = events.RouteSaved(route=str(row.id), name=row.name, matchers=in_words(row.matchers))
        append(f"route:{row.id}", saved, actor)
    return str(row.id)


def enable_route(actor: Actor, *, route_id: str, enabled: bool) -> None:
    """Let a route take alerts again, or no more. Event: RouteEnabled or RouteDisabled. Raises `NotFound`."""
    actor.require(ROUTE)
    with transaction.atomic():
        row = _find(route_id)
        if row.enabled == enabled:
            return
        row.enabled = enabled
        row.save(update_fields=["enabled"])
        said = events.RouteEnabled if enabled else events.RouteDisabled
        append(f"route:{row.id}", said(route=str(row.id), name=row.name), actor)


def remove_route(actor: Actor, *, route_id: str) -> None:
    """Remove a route. Event: RouteRemoved. Raises `NotFound`."""
    actor.require(ROUTE)
    with transaction.atomic():
        row = _find(route_id)
        append(f"route:{row.id}", events.RouteRemoved(route=str(row.id), name=row.name), actor)
        row.delete()


def reorder_routes(actor: Actor, *, route_ids: Sequence[str]) -> None:
    """Put the routes into this order; all of them must be named. Event: RouteMoved for each. Raises `Invalid`."""
    actor.require(ROUTE)
    with transaction.atomic():
        rows = {str(row.id): row for row in Route.objects.select_for_update().order_by("id")}
        if set(rows) != set(route_ids):
            raise Invalid("routes: name every route once; someone may have added one meanwhile.", field="routes")
        before = [str(row.id) for row in sorted(rows.values(), key=lambda row: (row.order, str(row.id)))]
        for order, id_ in enumerate(route_ids):
            rows[id_].order = order
        Route.objects.bulk_update(rows.values(), ["order"])
        append_many(
            [
                Pending(f"route:{id_}", events.RouteMoved(route=id_, name=rows[id_].name, place=order + 1), actor)
                for order, id_ in enumerate(route_ids)
                if before[order] != id_
            ]
        )


def _last() -> int:
    return Route.objects.aggregate(last=Max("order"))["last"] or 0


def _find(route_id: str) -> Route:
    try:
        return Route.objects.select_for_update().get(id=UUID(route_id))
    except (ValueError, Route.DoesNotExist) as error:
        raise NotFound("There is no such route; it may have been removed.") from error
