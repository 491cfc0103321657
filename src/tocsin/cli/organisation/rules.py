"""Rulebooks, incident templates and hours of teams in the file: what is, and how an entry is saved.

Names services and people as the file does. Never looks inside a rulebook: its room checks it.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tocsin.cli.organisation.document import IncidentTemplate, Rules, TeamHours, TemplateRole, TemplateTask
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import team_hours
from tocsin.domain.rulebooks import commands as rulebooks
from tocsin.domain.rulebooks import queries as editions
from tocsin.domain.triage import commands, queries
from tocsin.domain.triage.queries import IncidentTemplateView
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration

BOOKS = {"targets": "targets", "severity_matrix": "matrix", "legal_clocks": "clocks"}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Id = Callable[[str, str, str], str]
"""Section, name and field give the id of what an entry names."""


def standing_rules(actor: Actor) -> Rules:
    """The books that are not as they come with the program."""
    found = {name: editions.in_force(actor, book) for name, book in BOOKS.items()}
    return Rules(**{name: each.content for name, each in found.items() if each.number != editions.BUILT_IN})


def save_rules(actor: Actor, entry: Rules) -> list[str]:
    """Publish what differs; the names of the books that were published."""
    done = []
    for name, book in BOOKS.items():
        content = getattr(entry, name)
        if content is not None:
            before = editions.in_force(actor, book).number
            if rulebooks.put_into_force(actor, book=book, content=content, note="From a file.") != before:
                done.append(name)
    return done


def standing_hours(team_id: str) -> TeamHours | None:
    """The hours of a team as the file has them."""
    own = team_hours(team_id)
    if own is None:
        return None
    week = {day: [list(span) for span in own.hours[day]] for day in _WEEK if day in own.hours}
    return TeamHours(
        time_zone=own.time_zone, week=week, holiday_region=own.holiday_region, closed_dates=own.closed_dates
    )


def save_hours(actor: Actor, team_id: str, entry: TeamHours | None) -> None:
    """Give a team its hours; left out they stay, without a day the organisation's count again."""
    if entry is None:
        return
    if not any(entry.week.values()):
        accounts.clear_team_hours(actor, team_id=team_id)
        return
    accounts.set_team_hours(
        actor,
        team_id=team_id,
        time_zone=entry.time_zone,
        hours=entry.week,
        holiday_region=entry.holiday_region,
        closed_dates=entry.closed_dates,
    )


def standing_templates(
    actor: Actor, slugs: Mapping[str, str], emails: Mapping[str, str]
) -> tuple[list[IncidentTemplate], dict[str, str]]:
    """Templates as the file has them, and their ids by name. A service that is gone is left out."""
    found = queries.templates(actor)
    return [_written(view, slugs, emails) for view in found], {view.name: view.id for view in found}


def _written(view: IncidentTemplateView, slugs: Mapping[str, str], emails: Mapping[str, str]) -> IncidentTemplate:
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


def save_template(actor: Actor, entry: IncidentTemplate, *, id_of: Id, template_id: str) -> str:
    """Add the template, or change the one of that id; its id."""
    given: dict[str, Any] = {name: getattr(entry, name) for name in ("name", "title", "kind", "severity", "summary")}
    return commands.save_template(
        actor,
        **given,
        services=[id_of("services", slug, "services") for slug in entry.services],
        roles=[(r.role, id_of("people", r.person, "roles") if r.person else "") for r in entry.roles],
        tasks=[(task.title, _minutes(task.within)) for task in entry.tasks],
        message=entry.message,
        template_id=template_id,
    )


def _minutes(within: str) -> int:
    return int(parse_duration(within, field="within") / timedelta(minutes=1)) if within else 0
