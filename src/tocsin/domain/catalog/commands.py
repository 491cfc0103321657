"""The only writer of the catalogue. Keeps the promise that no service needs itself, directly or through others.

Changes of dependencies are taken one after the other (under one lock), so that two harmless ones cannot close a
circle together.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tocsin.core.log import append
from tocsin.core.search.find import index, remove
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog import queries
from tocsin.domain.catalog.events import DependenciesChanged, ServiceAdded, ServiceChanged, ServiceRemoved
from tocsin.domain.catalog.models import Dependency, Service
from tocsin.domain.catalog.permissions import CHANGE
from tocsin.domain.catalog.rules import catalogue_file, fields
from tocsin.domain.catalog.rules.graph import circle
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.subject import Subject


def add_service(
    actor: Actor,
    *,
    name: str,
    slug: str = "",
    description: str = "",
    kind: str = "service",
    tier: int = 3,
    owner_team: str = "",
) -> str:
    """Add a service and return its id; the slug follows the name unless given. `owner_team` is an id or a slug.

    Event catalog.service_added. Raises `Invalid` naming the field.
    """
    actor.require(CHANGE)
    row = Service(
        name=fields.clean_name(name),
        slug=fields.clean_slug(slug) if slug else fields.slug_of(name),
        description=fields.clean_description(description),
        kind=fields.clean_kind(kind),
        tier=fields.clean_tier(tier),
        owner_team_id=_team_id(actor, owner_team),
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise Invalid(f"slug: there is a service '{row.slug}' already; choose another.", field="slug") from error
        append(f"service:{row.id}", ServiceAdded(service=str(row.id), name=row.name), actor)
        _index(row)
    return str(row.id)


def change_service(
    actor: Actor,
    *,
    service_id: str,
    name: str | None = None,
    description: str | None = None,
    kind: str | None = None,
    tier: int | None = None,
    owner_team: str | None = None,
    version: int | None = None,
) -> None:
    """Change fields of a service; None leaves one as it is, an empty `owner_team` leaves it without an owner.

    The slug stays: files and addresses name it. Event catalog.service_changed, none when nothing differs.
    Raises `Invalid`, `NotFound`; `Conflict` when `version` is no longer the row's.
    """
    actor.require(CHANGE)
    given = {
        "name": None if name is None else fields.clean_name(name),
        "description": None if description is None else fields.clean_description(description),
        "kind": None if kind is None else fields.clean_kind(kind),
        "tier": None if tier is None else fields.clean_tier(tier),
    }
    values: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if owner_team is not None:
        values["owner_team_id"] = _team_id(actor, owner_team)
    with transaction.atomic():
        row = _locked(service_id)
        if version is not None and version != row.version:
            raise Conflict(f"{row.name} was changed by someone else meanwhile; look again, then save.")
        changed = [field for field, value in values.items() if getattr(row, field) != value]
        if not changed:
            return
        for field in changed:
            setattr(row, field, values[field])
        row.version += 1
        row.save(update_fields=[*changed, "version"])
        words = [field.removesuffix("_team_id") for field in changed]
        append(f"service:{row.id}", ServiceChanged(service=str(row.id), name=row.name, fields=words), actor)
        _index(row)


def remove_service(actor: Actor, *, service_id: str) -> None:
    """Take a service and its dependencies out of the catalogue; its log stays. Event catalog.service_removed.

    Raises `Conflict` while incidents name it: their record would lose what they were about.
    """
    actor.require(CHANGE)
    with transaction.atomic():
        row = _locked(service_id)
        append(f"service:{row.id}", ServiceRemoved(service=str(row.id), name=row.name), actor)
        remove(f"service:{row.id}")
        try:
            row.delete()
        except ProtectedError as error:
            raise Conflict(f"Incidents name {row.name}; take it out of them first, or keep it.") from error


def set_dependencies(actor: Actor, *, service_id: str, needs: Iterable[str]) -> None:
    """Make these services (ids) all that a service directly needs.

    Event catalog.dependencies_changed, none when the same. Raises `Invalid` for an unknown service, `Conflict`
    naming the path when it would close a circle.
    """
    actor.require(CHANGE)
    with transaction.atomic():
        rows = _locked_all()
        if service_id not in rows:
            raise NotFound("There is no such service.")
        wanted = set(needs)
        if unknown := sorted(wanted - set(rows)):
            raise Invalid(f"needs: there is no service {unknown[0]}; choose others.", field="needs")
        _set_needs(actor, rows, {service_id: wanted})


def import_catalogue(actor: Actor, *, text: str, dry_run: bool = False) -> list[catalogue_file.Change]:
    """Make the catalogue what a YAML file says, and return the differences; with `dry_run` only return them.

    Services that the file leaves out stay. All or nothing. Events as of the single commands. Raises `Invalid` for
    a file that cannot be used, `Conflict` when it would close a circle: in a dry run too.
    """
    actor.require(CHANGE)
    wanted = catalogue_file.read(text)
    with transaction.atomic():
        standing = {entry.slug: entry for entry in queries.listed(actor)}
        changes = catalogue_file.differences(standing.values(), wanted)
        _check_names(actor, standing, wanted)
        if not dry_run:
            changed = {change.slug for change in changes}
            _apply(actor, [entry for entry in wanted if entry.slug in changed], standing)
    return changes


def _apply(actor: Actor, wanted: list[catalogue_file.Listed], standing: Mapping[str, catalogue_file.Listed]) -> None:
    ids = {row.slug: id_ for id_, row in _locked_all().items()}
    for entry in wanted:
        common: dict[str, Any] = {
            "name": entry.name,
            "description": entry.description,
            "kind": entry.kind,
            "tier": entry.tier,
            "owner_team": entry.owner,
        }
        if entry.slug in standing:
            change_service(actor, service_id=ids[entry.slug], **common)
        else:
            ids[entry.slug] = add_service(actor, slug=entry.slug, **common)
    needs = {ids[entry.slug]: {ids[slug] for slug in entry.needs} for entry in wanted}
    _set_needs(actor, _locked_all(), needs)


def _check_names(
    actor: Actor, standing: Mapping[str, catalogue_file.Listed], wanted: Iterable[catalogue_file.Listed]
) -> None:
    together = {**standing, **{entry.slug: entry for entry in wanted}}
    teams = {team.slug for team in accounts.teams(actor)}
    for entry in wanted:
        if entry.owner and entry.owner not in teams:
            raise Invalid(f"{entry.slug}.owner: there is no team '{entry.owner}'; add it first.", field="file")
        if unknown := sorted(set(entry.needs) - set(together)):
            raise Invalid(f"{entry.slug}.needs: there is no service '{unknown[0]}'; list it too.", field="file")
    _refuse_circle({slug: entry.needs for slug, entry in together.items()}, {})


def _set_needs(actor: Actor, rows: Mapping[str, Service], wanted: Mapping[str, set[str]]) -> None:
    standing: dict[str, set[str]] = {}
    for down, up in Dependency.objects.values_list("downstream_id", "upstream_id"):
        standing.setdefault(str(down), set()).add(str(up))
    names = {id_: row.slug for id_, row in rows.items()}
    _refuse_circle({**standing, **wanted}, names)
    for id_, needs in wanted.items():
        before = standing.get(id_, set())
        added, gone = needs - before, before - needs
        if not added and not gone:
            continue
        Dependency.objects.filter(downstream_id=UUID(id_), upstream_id__in=[UUID(up) for up in gone]).delete()
        Dependency.objects.bulk_create(
            Dependency(downstream_id=UUID(id_), upstream_id=UUID(up)) for up in sorted(added)
        )
        event = DependenciesChanged(
            service=id_,
            name=rows[id_].name,
            added=sorted(names[up] for up in added),
            removed=sorted(names[up] for up in gone),
        )
        append(f"service:{id_}", event, actor)


def _refuse_circle(needs: Mapping[str, Iterable[str]], names: Mapping[str, str]) -> None:
    found = circle(needs)
    if found:
        path = " needs ".join(names.get(node, node) for node in found)
        raise Conflict(f"needs: this closes a circle ({path}); take one of them out.", field="needs")


def _locked(service_id: str) -> Service:
    try:
        found = Service.objects.select_for_update().filter(id=UUID(service_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such service.")
    return found


def _locked_all() -> dict[str, Service]:
    return {str(row.id): row for row in Service.objects.select_for_update().order_by("id")}


def _team_id(actor: Actor, id_or_slug: str) -> UUID | None:
    if not id_or_slug:
        return None
    try:
        return UUID(accounts.team(actor, id_or_slug).id)
    except NotFound as error:
        raise Invalid(f"owner_team: there is no team '{id_or_slug}'; add it first.", field="owner_team") from error


def _index(row: Service) -> None:
    index(
        Subject("service", str(row.id), row.slug, row.name, f"/settings/services/{row.slug}/"),
        body=f"{row.slug} {row.kind} {row.description}",
    )
