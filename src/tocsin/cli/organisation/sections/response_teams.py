"""Response teams: whom to call together for a kind and size of incident, and which roles they fill."""

from collections.abc import Iterable

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, email
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.incidents import commands, queries
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor


class ResponseTeam(Entry):
    """Known by its name. Without `kind` or `severities` it suits every incident. `people` by address, `teams` by short
    name, `schedules` by name (whoever is on call then); `roles` are to be filled from among them.
    """

    name: Name
    kind: str = ""
    severities: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


class _ResponseTeams(Section[ResponseTeam]):
    name, one, entry, place = "response_teams", "response team", ResponseTeam, 10
    after = ("people", "teams", "schedules", "incident_roles")

    def read(self, now: Standing) -> Iterable[tuple[str, ResponseTeam]]:
        """Someone or something that is gone is left out."""
        people, teams, schedules = (now.names(section) for section in ("people", "teams", "schedules"))
        for view in queries.team_templates(now.actor):
            yield (
                view.id,
                ResponseTeam(
                    name=view.name,
                    kind=view.kind,
                    severities=list(view.severities),
                    people=sorted(people[id_] for id_ in view.person_ids if id_ in people),
                    teams=sorted(teams[id_] for id_ in view.team_ids if id_ in teams),
                    schedules=sorted(schedules[id_] for id_ in view.schedule_ids if id_ in schedules),
                    roles=list(view.roles),
                ),
            )

    def normal(self, entry: ResponseTeam) -> None:
        entry.severities = sorted(set(entry.severities), key=_rank)
        entry.people = sorted(set(map(email, entry.people)))
        entry.teams, entry.schedules = sorted(set(entry.teams)), sorted(set(entry.schedules))
        entry.roles = list(dict.fromkeys(role.strip().lower() for role in entry.roles))

    def save(self, work: Work, entry: ResponseTeam, old: ResponseTeam | None, id_: str) -> str:
        return commands.save_team_template(
            work.actor,
            name=entry.name,
            kind=entry.kind,
            severities=entry.severities,
            people=[work.id_of("people", address, "people") for address in entry.people],
            teams=[work.id_of("teams", slug, "teams") for slug in entry.teams],
            schedules=[work.id_of("schedules", name, "schedules") for name in entry.schedules],
            roles=entry.roles,
            template=id_ or None,
        )

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_team_template(actor, template=id_)


def _rank(severity: str) -> int:
    return list(Severity).index(Severity(severity)) if severity in set(Severity) else len(Severity)


SECTION = _ResponseTeams()
