"""What people and rooms ask of the catalogue: services, what they need, and what breaks with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tocsin.domain.catalog.models import Dependency, Service
from tocsin.domain.catalog.permissions import SEE
from tocsin.domain.catalog.rules import catalogue_file
from tocsin.domain.catalog.rules.graph import reach, reversed_graph
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service. `tier` 1 is the most important of 4; empty owner fields: nobody owns it."""

    id: str
    slug: str
    name: str
    description: str
    kind: str
    tier: int
    owner_team_id: str
    owner_team: str
    version: int


@dataclass(frozen=True, slots=True)
class GraphView:
    """All services, and the dependencies as (needs, needed) pairs of ids."""

    services: list[ServiceView]
    edges: list[tuple[str, str]]


def services(actor: Actor, ids: Iterable[str] | None = None) -> list[ServiceView]:
    """All services, or those of `ids`, by name. One query."""
    actor.require(SEE)
    found = _rows()
    if ids is not None:
        found = found.filter(id__in=[UUID(id_) for id_ in ids if _is_id(id_)])
    return [_view(row) for row in found]


def service_names(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """Names by id of those of `ids` that exist. One query."""
    actor.require(SEE)
    found = Service.objects.filter(id__in=[UUID(id_) for id_ in ids if _is_id(id_)])
    return {str(id_): name for id_, name in found.values_list("id", "name")}


def service(actor: Actor, id_or_slug: str) -> ServiceView:
    """One service. One query. Raises `NotFound`."""
    actor.require(SEE)
    wanted = _rows().filter(id=id_or_slug) if _is_id(id_or_slug) else _rows().filter(slug=id_or_slug)
    found = wanted.first()
    if found is None:
        raise NotFound("There is no such service.")
    return _view(found)


def dependants(actor: Actor, service_id: str) -> list[ServiceView]:
    """Who breaks when this breaks, directly or through others, nearest first. Two queries."""
    actor.require(SEE)
    return _in_order(actor, reach(reversed_graph(_needs()), service_id))


def dependencies(actor: Actor, service_id: str, *, direct: bool = False) -> list[ServiceView]:
    """What this needs, nearest first: through others too, unless `direct`. Two queries."""
    actor.require(SEE)
    needs = _needs()
    return _in_order(actor, needs.get(service_id, []) if direct else reach(needs, service_id))


def graph(actor: Actor) -> GraphView:
    """The whole catalogue as a graph. Two queries."""
    actor.require(SEE)
    edges = [(down, up) for down, ups in _needs().items() for up in ups]
    return GraphView(services(actor), edges)


def export_catalogue(actor: Actor) -> str:
    """The catalogue as YAML that `import_catalogue` reads back without a difference. Two queries."""
    actor.require(SEE)
    return catalogue_file.write(listed(actor))


def listed(actor: Actor) -> list[catalogue_file.Listed]:
    """The catalogue as a file lists it. Two queries."""
    actor.require(SEE)
    rows = list(_rows())
    slugs = {str(row.id): row.slug for row in rows}
    needs = _needs()
    return [
        catalogue_file.Listed(
            slug=row.slug,
            name=row.name,
            description=row.description,
            kind=row.kind,
            tier=row.tier,
            owner=row.owner_team.slug if row.owner_team else "",
            needs=tuple(sorted(slugs[up] for up in needs.get(str(row.id), []) if up in slugs)),
        )
        for row in rows
    ]


def _rows() -> QuerySet[Service]:
    return Service.objects.select_related("owner_team")


def _needs() -> dict[str, list[str]]:
    needs: dict[str, list[str]] = {}
    for down, up in Dependency.objects.order_by("id").values_list("downstream_id", "upstream_id"):
        needs.setdefault(str(down), []).append(str(up))
    return needs


def _in_order(actor: Actor, ids: list[str]) -> list[ServiceView]:
    found = {view.id: view for view in services(actor, ids)} if ids else {}
    return [found[id_] for id_ in ids if id_ in found]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _view(row: Service) -> ServiceView:
    return ServiceView(
        id=str(row.id),
        slug=row.slug,
        name=row.name,
        description=row.description,
        kind=row.kind,
        tier=row.tier,
        owner_team_id=str(row.owner_team_id) if row.owner_team_id else "",
        owner_team=row.owner_team.name if row.owner_team else "",
        version=row.version,
    )
