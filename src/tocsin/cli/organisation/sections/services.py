"""Services, what each needs, and who is paged for it."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any

from msgspec import Meta, field
from msgspec.structs import replace

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.differing import Change, details
from tocsin.cli.organisation.entry import Entry, Name
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.catalog import commands, queries
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as duty
from tocsin.kernel.actor import Actor


class Service(Entry):
    """A service, known by its short name. `owner` is a team, `policy` the name of who is paged for it."""

    slug: Name
    name: Name
    description: str = ""
    kind: str = "service"
    tier: Annotated[int, Meta(ge=1, le=4)] = 3
    owner: str = ""
    needs: list[str] = field(default_factory=list)
    policy: str = ""


class _Services(Section[Service]):
    name, one, entry, place = "services", "service", Service, 3
    key_field = "slug"
    after = ("teams", "policies")

    def read(self, now: Standing) -> Iterable[tuple[str, Service]]:
        policies = {view.service_id: view.policy for view in duty.service_policies(now.actor)}
        ids = {view.slug: view.id for view in queries.services(now.actor)}
        for view in queries.listed(now.actor):
            yield (
                ids[view.slug],
                Service(
                    slug=view.slug,
                    name=view.name,
                    description=view.description,
                    kind=view.kind,
                    tier=view.tier,
                    owner=view.owner,
                    needs=list(view.needs),
                    policy=policies.get(ids[view.slug], ""),
                ),
            )

    def normal(self, entry: Service) -> None:
        entry.needs = sorted(set(entry.needs))

    def differs(self, old: Service | None, new: Service) -> tuple[str, ...]:
        """What can be saved before every service is there."""
        return details(old, replace(new, needs=old.needs, policy=old.policy) if old else new)

    def save(self, work: Work, entry: Service, old: Service | None, id_: str) -> str:
        fields: dict[str, Any] = {
            "name": entry.name,
            "description": entry.description,
            "kind": entry.kind,
            "tier": entry.tier,
            "owner_team": work.id_of("teams", entry.owner, "owner") if entry.owner else "",
        }
        if old is None:
            return commands.add_service(work.actor, slug=entry.slug, **fields)
        commands.change_service(work.actor, service_id=id_, **fields)
        return id_

    def finish(self, work: Work) -> None:
        """Once every service is there: what needs what, and who is paged for what. Old links go before new ones come,
        so that turning a dependency round is no circle.
        """
        before, ids = work.now.entries[self.name], work.now.ids[self.name]
        differing: list[tuple[int, Service, Service]] = [
            (number, entry, before.get(entry.slug) or Service(slug=entry.slug, name=entry.name))
            for number, entry in enumerate(work.entries(self.name), 1)
            if entry.slug in ids
        ]
        for _, entry, old in differing:
            if gone := set(old.needs) - set(entry.needs):
                fewer = [ids[slug] for slug in old.needs if slug not in gone]
                commands.set_dependencies(work.actor, service_id=ids[entry.slug], needs=fewer)
        for number, entry, old in differing:
            words = details(old, replace(old, needs=entry.needs, policy=entry.policy))
            if words and work.tried(f"{self.name}[{number}]", partial(_link, work, entry)):
                work.changes.append(Change("~", f"{self.one} {entry.slug}", words))

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_service(actor, service_id=id_)


def _link(work: Work, entry: Service) -> None:
    id_ = work.now.ids["services"][entry.slug]
    needs = [work.id_of("services", slug, "needs") for slug in entry.needs]
    commands.set_dependencies(work.actor, service_id=id_, needs=needs)
    policy = work.id_of("policies", entry.policy, "policy") if entry.policy else None
    oncall.set_service_policy(work.actor, service_id=id_, policy_id=policy)


SECTION = _Services()
