"""Routes: which alerts go where. The file's order is the order in which they are tried."""

from collections.abc import Iterable

from msgspec import field
from msgspec.structs import replace

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.differing import Change, details
from tocsin.cli.organisation.entry import Entry, Name
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.alerts import commands, queries
from tocsin.domain.alerts.rules.routing import parse_matchers
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid


class Route(Entry):
    """Which alerts go where, known by its name; the file's order is the order in which they are tried."""

    name: Name
    match: str
    service: str = ""
    policy: str = ""
    group_by: list[str] = field(default_factory=lambda: ["alertname"])
    continues: bool = False


class _Routes(Section[Route]):
    name, one, entry, place = "routes", "route", Route, 6
    after = ("services", "policies")
    alike = True

    def read(self, now: Standing) -> Iterable[tuple[str, Route]]:
        services, policies = now.names("services"), now.names("policies")
        for view in queries.routes(now.actor):
            yield (
                view.id,
                Route(
                    name=view.name,
                    match=view.matchers,
                    service=services.get(view.service_id or "", ""),
                    policy=policies.get(view.policy_id, ""),
                    group_by=list(view.group_by),
                    continues=view.continues,
                ),
            )

    def differs(self, old: Route | None, new: Route) -> tuple[str, ...]:
        """Matchers that mean the same are the same."""
        same = old is not None and _meaning(old.match) == _meaning(new.match)
        return details(old, replace(new, match=old.match) if old and same else new)

    def save(self, work: Work, entry: Route, old: Route | None, id_: str) -> str:
        return commands.save_route(
            work.actor,
            name=entry.name,
            matchers=entry.match,
            service=work.id_of("services", entry.service, "service") if entry.service else None,
            policy_id=work.id_of("policies", entry.policy, "policy") if entry.policy else "",
            group_by=entry.group_by,
            continues=entry.continues,
            route_id=id_ or None,
        )

    def finish(self, work: Work) -> None:
        """The file's routes first, in its order; those it leaves out after them."""
        ids = work.now.ids[self.name]
        listed = [name for name in self.keyed(work.entries(self.name)) if name in ids]
        order = [*listed, *(name for name in ids if name not in listed)]
        if listed and order != list(ids):
            commands.reorder_routes(work.actor, route_ids=[ids[name] for name in order])
            work.changes.append(Change("~", "routes", ("order",)))
            work.now.ids[self.name] = {name: ids[name] for name in order}

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_route(actor, route_id=id_)


def _meaning(match: str) -> object:
    try:
        return tuple(str(matcher) for matcher in parse_matchers(match))
    except Invalid:
        return match


SECTION = _Routes()
