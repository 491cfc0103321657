"""Sources of alerts. Their keys are made when they are added and stand in no file."""

from collections.abc import Iterable
from contextlib import suppress

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, duration_text, spelled
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.alerts import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


class Integration(Entry):
    """A source of alerts, known by its name. Its key is made when it is added and never written to a file."""

    name: Name
    kind: str
    service: str = ""
    every: str = ""


class _Integrations(Section[Integration]):
    name, one, entry, place = "integrations", "integration", Integration, 7
    after = ("services",)
    alike = True

    def read(self, now: Standing) -> Iterable[tuple[str, Integration]]:
        services = now.names("services")
        for view in queries.integrations(now.actor):
            service = services.get(view.service_id or "", "")
            every = duration_text(view.every)
            yield view.id, Integration(name=view.name, kind=view.kind, service=service, every=every)

    def normal(self, entry: Integration) -> None:
        if entry.every:
            with suppress(Invalid):
                entry.every = spelled(entry.every)

    def save(self, work: Work, entry: Integration, old: Integration | None, id_: str) -> str:
        service = work.id_of("services", entry.service, "service") if entry.service else None
        every = parse_duration(entry.every, field="every") if entry.every else None
        if old is None:
            return commands.add_integration(
                work.actor, kind=entry.kind, name=entry.name, service=service, every=every
            ).id
        if old.kind != entry.kind:
            raise Invalid(f"kind: '{entry.name}' is of kind {old.kind}; give the new one another name.", field="kind")
        commands.change_integration(work.actor, integration_id=id_, name=entry.name, service=service, every=every)
        return id_

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_integration(actor, integration_id=id_)


SECTION = _Integrations()
