"""Templates to declare an incident from: kept, removed, used. What an incident is made of the incidents room knows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog.queries import services as catalogue
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.permissions import DECLARE
from tocsin.domain.incidents.rules.roles import RoleName, role_words
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.triage.events import DeclaredFrom, TemplateRemoved, TemplateSaved
from tocsin.domain.triage.models import IncidentTemplate
from tocsin.domain.triage.naming import TOCSIN
from tocsin.domain.triage.permissions import MANAGE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import uuid_of

MOST_TASKS, LONGEST_DUE = 50, 60 * 24 * 60


def save_template(
    actor: Actor,
    *,
    name: str,
    title: str,
    kind: str,
    severity: str,
    summary: str = "",
    services: Sequence[str] = (),
    roles: Sequence[tuple[str, str]] = (),
    tasks: Sequence[tuple[str, int]] = (),
    message: str = "",
    template_id: str = "",
    version: int | None = None,
) -> str:
    """Add a template, or change the one of `template_id`; returns its id. Event `triage.template_saved`.

    `services` by id (one that is gone may stay named), `roles` as (slug, person id or empty), `tasks` as (title,
    minutes until due or 0). Raises `Invalid` naming the field, `Conflict` when someone changed it meanwhile.
    """
    actor.require(MANAGE)
    values: dict[str, Any] = {
        "name": _line(name, "name", 80),
        "title": _line(title, "title", 200),
        "kind": _choice(kind, [k.value for k in Kind], "kind"),
        "severity": _choice(severity, [s.value for s in Severity], "severity"),
        "summary": summary.strip()[:20_000],
        "roles": [[_choice(role, [r.value for r in RoleName], "roles"), _person(person)] for role, person in roles],
        "tasks": _tasks(tasks),
        "message": message.strip()[:20_000],
        "changed_at": now(),
    }
    with transaction.atomic():
        row = _locked(template_id, version) if template_id else IncidentTemplate()
        values["services"] = _services(services, {str(id_): str(name) for id_, name in row.services})
        for field, value in values.items():
            setattr(row, field, value)
        row.version = row.version + 1 if template_id else 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Invalid(f"name: a template called '{row.name}' exists already.", field="name") from error
        append(f"incident_template:{row.id}", TemplateSaved(template=str(row.id), name=row.name), actor)
    return str(row.id)


def remove_template(actor: Actor, *, template_id: str) -> None:
    """Remove a template; incidents declared from it stay. Event `triage.template_removed`. Raises `NotFound`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = _locked(template_id, None)
        append(f"incident_template:{row.id}", TemplateRemoved(template=str(row.id), name=row.name), actor)
        row.delete()


def declare_from(
    actor: Actor,
    *,
    template: str,
    title: str = "",
    severity: str = "",
    kind: str = "",
    summary: str | None = None,
    services: Sequence[str] | None = None,
    page: bool = True,
    **more: Any,
) -> str:
    """Declare an incident as a template (by id or name) says, with what is given instead; returns its id.

    Its tasks are added, its roles offered (or a task says whom to find), its message written. A service that is gone is
    left out and named in the log. `more` goes to `incidents.declare`. Raises `NotFound`, `Invalid`, `Denied`.
    """
    actor.require(DECLARE)
    row = find(template)
    known = {service.id for service in catalogue(TOCSIN)}
    missing = tuple(str(name) for id_, name in row.services if id_ not in known)
    wanted = [str(id_) for id_, _ in row.services if id_ in known] if services is None else services
    with transaction.atomic():
        made = incidents.declare(
            actor,
            title=title or row.title,
            kind=kind or row.kind,
            severity=severity or row.severity,
            summary=row.summary if summary is None else summary,
            services=wanted,
            page=page,
            **more,
        )
        append(f"incident:{made}", DeclaredFrom(template=str(row.id), name=row.name, missing=missing), actor)
        _tell_and_assign(actor, row, made)
    return made


def _tell_and_assign(actor: Actor, row: IncidentTemplate, incident: str) -> None:
    at = now()
    active = {person.id for person in accounts.people(TOCSIN, [p for _, p in row.roles if p], active_only=True)}
    for role, person in row.roles:
        if person in active:
            incidents.assign_role(
                TOCSIN, incident=incident, role=role, person=person, note=f"From the template {row.name}"
            )
        else:
            incidents.add_task(TOCSIN, incident=incident, title=f"Find someone as {role_words(role)}")
    for title, minutes in row.tasks:
        due = at + timedelta(minutes=minutes) if minutes else None
        incidents.add_task(TOCSIN, incident=incident, title=title, due_at=due)
    if row.message:
        incidents.write(TOCSIN, incident=incident, text=row.message)


def find(template: str) -> IncidentTemplate:
    """The template with this id or name. Raises `NotFound`."""
    id_ = uuid_of(template)
    found = IncidentTemplate.objects.filter(**({"id": id_} if id_ else {"name__iexact": template.strip()})).first()
    if found is None:
        raise NotFound("There is no such incident template.", field="template")
    return found


def _locked(template_id: str, version: int | None) -> IncidentTemplate:
    row = IncidentTemplate.objects.select_for_update().filter(id=uuid_of(template_id) or UUID(int=0)).first()
    if row is None:
        raise NotFound("There is no such incident template.", field="template")
    if version is not None and version != row.version:
        raise Conflict("Someone else changed this template in the meantime; look at it again.", field="version")
    return row


def _line(text: str, field: str, longest: int) -> str:
    line = " ".join(text.replace("\0", "").split())
    if not line or len(line) > longest:
        raise Invalid(f"{field}: write 1 to {longest} characters.", field=field)
    return line


def _choice(value: str, allowed: Sequence[str], field: str) -> str:
    if value not in allowed:
        raise Invalid(f"{field}: '{value}' is not known; choose one of {', '.join(allowed)}.", field=field)
    return value


def _person(person: str) -> str:
    if person and not accounts.people(TOCSIN, [person], active_only=True):
        raise Invalid("roles: this person is not active; choose another, or nobody.", field="roles")
    return person


def _services(ids: Sequence[str], named: dict[str, str]) -> list[list[str]]:
    """Ids with their names; one that is gone stays only when it stood there already."""
    known = {service.id: service.name for service in catalogue(TOCSIN)}
    for id_ in ids:
        if id_ not in known and id_ not in named:
            raise Invalid("services: one of them is not in the catalogue (any more).", field="services")
    return [[id_, known.get(id_) or named[id_]] for id_ in dict.fromkeys(ids)]


def _tasks(tasks: Sequence[tuple[str, int]]) -> list[list[Any]]:
    if len(tasks) > MOST_TASKS:
        raise Invalid(f"tasks: at most {MOST_TASKS}.", field="tasks")
    for _, minutes in tasks:
        if not 0 <= minutes <= LONGEST_DUE:
            raise Invalid("tasks: a task is due within 60 days, or without a time.", field="tasks")
    return [[_line(title, "tasks", 300), minutes] for title, minutes in tasks]
