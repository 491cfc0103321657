"""The catalogue: services and what they need."""

from typing import Annotated, Literal

from django.db import transaction
from pydantic import Field

from tocsin.api.door import ApiRequest, if_match, versioned
from tocsin.api.offering import Offer
from tocsin.api.shapes import Body, Limit, Page, page_of
from tocsin.domain.catalog import commands, queries
from tocsin.domain.catalog.permissions import CHANGE, SEE
from tocsin.domain.catalog.rules.catalogue_file import Change

offer = Offer("services")
Name = Annotated[str, Field(min_length=1, max_length=120)]
Kind = Literal["service", "component", "system"]
Tier = Annotated[int, Field(ge=1, le=4)]


class Service(Body):
    """A service; `owner_team` by id or slug."""

    name: Name
    slug: Annotated[str, Field(max_length=60)] = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    kind: Kind = "service"
    tier: Tier = 3
    owner_team: str = ""


class ServiceChange(Body):
    """What is left out stays."""

    name: Name | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    kind: Kind | None = None
    tier: Tier | None = None
    owner_team: str | None = None


class Needs(Body):
    """Ids of all services that it directly needs."""

    needs: list[str]


class Catalogue(Body):
    """A catalogue file in YAML; with `dry_run` only the differences are told."""

    text: Annotated[str, Field(max_length=1_000_000)]
    dry_run: bool = False


@offer.get("/services", Page[queries.ServiceView], needs=SEE)
def listing(request: ApiRequest, cursor: str = "", limit: Limit = 50) -> Page[queries.ServiceView]:
    """All services by name."""
    return page_of(queries.services(request.actor), cursor, limit, key=lambda row: row.id)


@offer.post("/services", queries.ServiceView, needs=CHANGE, status=201)
def add(request: ApiRequest, given: Service) -> queries.ServiceView:
    """Add a service; the slug follows the name unless given."""
    return queries.service(request.actor, commands.add_service(request.actor, **given.dict()))


@offer.get("/services/{service}", queries.ServiceView, needs=SEE)
def one(request: ApiRequest, service: str) -> queries.ServiceView:
    """One service, by id or slug."""
    return versioned(request, queries.service(request.actor, service))


@offer.patch("/services/{service}", queries.ServiceView, needs=CHANGE)
def change(request: ApiRequest, service: str, given: ServiceChange) -> queries.ServiceView:
    """Change fields of a service."""
    with transaction.atomic():
        found = queries.service(request.actor, service)
        said = given.dict(exclude_unset=True)
        commands.change_service(request.actor, service_id=found.id, version=if_match(request), **said)
    return versioned(request, queries.service(request.actor, found.id))


@offer.delete("/services/{service}", needs=CHANGE)
def remove(request: ApiRequest, service: str) -> None:
    """Take a service and its dependencies out; its log stays."""
    commands.remove_service(request.actor, service_id=queries.service(request.actor, service).id)


@offer.get("/services/{service}/needs", list[queries.ServiceView], needs=SEE)
def needs(request: ApiRequest, service: str, direct: bool = False) -> list[queries.ServiceView]:
    """What it needs, nearest first."""
    found = queries.service(request.actor, service)
    return queries.dependencies(request.actor, found.id, direct=direct)


@offer.put("/services/{service}/needs", list[queries.ServiceView], needs=CHANGE)
def set_needs(request: ApiRequest, service: str, given: Needs) -> list[queries.ServiceView]:
    """Make these services all that it directly needs."""
    found = queries.service(request.actor, service)
    commands.set_dependencies(request.actor, service_id=found.id, needs=given.needs)
    return queries.dependencies(request.actor, found.id, direct=True)


@offer.get("/services/{service}/dependants", list[queries.ServiceView], needs=SEE)
def dependants(request: ApiRequest, service: str) -> list[queries.ServiceView]:
    """Who breaks when this breaks, nearest first."""
    return queries.dependants(request.actor, queries.service(request.actor, service).id)


@offer.post("/catalogue/import", list[Change], needs=CHANGE)
def import_catalogue(request: ApiRequest, given: Catalogue) -> list[Change]:
    """Make the catalogue what a file says; the answer is what differed."""
    return commands.import_catalogue(request.actor, text=given.text, dry_run=given.dry_run)
