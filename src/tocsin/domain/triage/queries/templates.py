"""Templates to declare from."""

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.catalog.queries import services as catalogue
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.triage.commands.templates import find
from tocsin.domain.triage.models import IncidentTemplate
from tocsin.domain.triage.naming import TOCSIN
from tocsin.domain.triage.permissions import VIEW
from tocsin.domain.triage.views import IncidentTemplateView, TemplateRole, TemplateService, TemplateTask
from tocsin.kernel.actor import Actor


def templates(actor: Actor) -> list[IncidentTemplateView]:
    """All templates by name. Four queries."""
    actor.require(VIEW)
    return _views(list(IncidentTemplate.objects.all()))


def template(actor: Actor, template_id: str) -> IncidentTemplateView:
    """One template by id or name. Four queries. Raises `NotFound`."""
    actor.require(VIEW)
    return _views([find(template_id)])[0]


def _views(rows: list[IncidentTemplate]) -> list[IncidentTemplateView]:
    if not rows:
        return []
    known = {service.id: service.name for service in catalogue(TOCSIN)}
    people = {person.id: person.name for person in accounts.people(TOCSIN)}
    return [
        IncidentTemplateView(
            id=str(row.id),
            name=row.name,
            title=row.title,
            kind=row.kind,
            severity=row.severity,
            summary=row.summary,
            services=tuple(TemplateService(id_, known.get(id_, name), id_ not in known) for id_, name in row.services),
            roles=tuple(TemplateRole(role, role_words(role), who, people.get(who, "")) for role, who in row.roles),
            tasks=tuple(TemplateTask(title, minutes) for title, minutes in row.tasks),
            message=row.message,
            version=row.version,
        )
        for row in rows
    ]
