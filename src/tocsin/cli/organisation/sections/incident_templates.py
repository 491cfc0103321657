"""Templates to declare incidents from: services by short name, people by address."""

from collections.abc import Iterable, Mapping

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, minutes
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.triage import commands, queries
from tocsin.domain.triage.queries import IncidentTemplateView
from tocsin.kernel.actor import Actor


class TemplateRole(Entry):
    """A role to fill when an incident is declared; without a person somebody is to be found."""

    role: str
    person: str = ""


class TemplateTask(Entry):
    """Something to do then; `within` like 30m."""

    title: Name
    within: str = ""


class IncidentTemplate(Entry):
    """How to declare an incident of a known sort, known by its name. `services` by short name, people by address."""

    name: Name
    title: Name
    kind: str = "disruption"
    severity: str = "unknown"
    summary: str = ""
    services: list[str] = field(default_factory=list)
    roles: list[TemplateRole] = field(default_factory=list)
    tasks: list[TemplateTask] = field(default_factory=list)
    message: str = ""


class _IncidentTemplates(Section[IncidentTemplate]):
    name, one, entry, place = "incident_templates", "incident template", IncidentTemplate, 11
    after = ("people", "services", "incident_roles")

    def read(self, now: Standing) -> Iterable[tuple[str, IncidentTemplate]]:
        for view in queries.templates(now.actor):
            yield view.id, _written(view, now.names("services"), now.names("people"))

    def save(self, work: Work, entry: IncidentTemplate, old: IncidentTemplate | None, id_: str) -> str:
        return commands.save_template(
            work.actor,
            name=entry.name,
            title=entry.title,
            kind=entry.kind,
            severity=entry.severity,
            summary=entry.summary,
            services=[work.id_of("services", slug, "services") for slug in entry.services],
            roles=[(r.role, work.id_of("people", r.person, "roles") if r.person else "") for r in entry.roles],
            tasks=[(t.title, minutes(t.within, "within") if t.within else 0) for t in entry.tasks],
            message=entry.message,
            template_id=id_,
        )

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_template(actor, template_id=id_)


def _written(view: IncidentTemplateView, slugs: Mapping[str, str], emails: Mapping[str, str]) -> IncidentTemplate:
    """As the file has it. A service that is gone is left out."""
    return IncidentTemplate(
        name=view.name,
        title=view.title,
        kind=view.kind,
        severity=view.severity,
        summary=view.summary,
        services=[slugs[service.id] for service in view.services if service.id in slugs],
        roles=[TemplateRole(role=role.role, person=emails.get(role.person_id, "")) for role in view.roles],
        tasks=[TemplateTask(title=t.title, within=f"{t.minutes}m" if t.minutes else "") for t in view.tasks],
        message=view.message,
    )


SECTION = _IncidentTemplates()
