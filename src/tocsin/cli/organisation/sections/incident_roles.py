"""Roles of incidents: what each asks for, and roles of the house's own."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, duration_text, minutes, spelled
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.accounts.rules import clean_skills
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Invalid


class StandingDuty(Entry):
    """Something that whoever takes the role does `within` so long."""

    text: str
    within: str


class IncidentRole(Entry):
    """A role known by its short name: one that every house has, whose duties and skills these replace, or its own.

    Removed, it asks for what it came with; one of the house's own is no longer offered.
    """

    role: Name
    skills: list[str] = field(default_factory=list)
    duties: list[StandingDuty] = field(default_factory=list)


class _IncidentRoles(Section[IncidentRole]):
    name, one, entry, place = "incident_roles", "incident role", IncidentRole, 10
    key_field = "role"

    def read(self, now: Standing) -> Iterable[tuple[str, IncidentRole]]:
        """Those that the house wrote something down for."""
        for view in queries.role_kinds(now.actor):
            if view.own:
                duties = [
                    StandingDuty(text=text, within=duration_text(timedelta(minutes=after)))
                    for after, text in view.duties
                ]
                yield view.role, IncidentRole(role=view.role, skills=list(view.skills), duties=duties)

    def normal(self, entry: IncidentRole) -> None:
        entry.role = entry.role.strip().lower()
        with suppress(Invalid):
            entry.skills = clean_skills(entry.skills)
        for duty in entry.duties:
            duty.text = " ".join(duty.text.split())
            with suppress(Invalid):
                duty.within = spelled(duty.within)

    def save(self, work: Work, entry: IncidentRole, old: IncidentRole | None, id_: str) -> str:
        duties = [{"text": duty.text, "minutes": minutes(duty.within, "within")} for duty in entry.duties]
        return commands.save_role(work.actor, role=entry.role, skills=entry.skills, duties=duties)

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_role(actor, role=id_)


SECTION = _IncidentRoles()
