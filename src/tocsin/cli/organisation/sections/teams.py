"""Teams, their members and their working hours."""

from collections.abc import Iterable

from msgspec import field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import WEEKDAYS, Entry, Name, email
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor


class TeamHours(Entry):
    """Working hours of a team's own; an empty week: the organisation's."""

    time_zone: str
    week: dict[str, list[list[str]]]
    holiday_region: str = ""
    closed_dates: list[str] = field(default_factory=list)


class Team(Entry):
    """A team, known by its short name; members by address. Without `hours`, its hours stay as they are."""

    slug: Name
    name: Name
    members: list[str] = field(default_factory=list)
    hours: TeamHours | None = None


class _Teams(Section[Team]):
    name, one, entry, place = "teams", "team", Team, 2
    key_field = "slug"
    after = ("people",)

    def read(self, now: Standing) -> Iterable[tuple[str, Team]]:
        emails = now.names("people")
        for view in queries.teams(now.actor):
            members = sorted(emails[id_] for id_ in view.member_ids)
            yield view.id, Team(slug=view.slug, name=view.name, members=members, hours=_hours(view.id))

    def normal(self, entry: Team) -> None:
        entry.members = sorted(set(map(email, entry.members)))

    def save(self, work: Work, entry: Team, old: Team | None, id_: str) -> str:
        members = [work.id_of("people", address, "members") for address in entry.members]
        if old is None:
            id_ = commands.add_team(work.actor, name=entry.name, slug=entry.slug, members=members)
        _save_hours(work.actor, id_, entry.hours)
        if old is not None:
            commands.rename_team(work.actor, team_id=id_, name=entry.name)
            commands.set_members(work.actor, team_id=id_, members=members)
        return id_

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_team(actor, team_id=id_)


def _hours(team_id: str) -> TeamHours | None:
    own = queries.team_hours(team_id)
    if own is None:
        return None
    week = {day: [list(span) for span in own.hours[day]] for day in WEEKDAYS if day in own.hours}
    return TeamHours(
        time_zone=own.time_zone, week=week, holiday_region=own.holiday_region, closed_dates=own.closed_dates
    )


def _save_hours(actor: Actor, team_id: str, entry: TeamHours | None) -> None:
    """Left out they stay, without a day the organisation's count again."""
    if entry is None:
        return
    if not any(entry.week.values()):
        commands.clear_team_hours(actor, team_id=team_id)
        return
    commands.set_team_hours(
        actor,
        team_id=team_id,
        time_zone=entry.time_zone,
        hours=entry.week,
        holiday_region=entry.holiday_region,
        closed_dates=entry.closed_dates,
    )


SECTION = _Teams()
