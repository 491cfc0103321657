"""Who would be paged for a choice of template, teams and people, and how each can be reached. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.domain.accounts.queries import PersonView, TeamView
from tocsin.domain.delivery import queries as delivery
from tocsin.domain.delivery.queries import DestinationView
from tocsin.domain.incidents.queries import TeamTemplateView
from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Called:
    """One person who would be paged. `how` is ok, unproved or none."""

    person: PersonView
    how: str
    words: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that can be chosen."""

    templates: list[TeamTemplateView]
    teams: list[TeamView]
    people: list[PersonView]


def preview(actor: Actor, chosen: Mapping[str, Any], choices: Choices) -> list[Called]:
    """Everyone who would be paged, those who cannot be reached first. One query."""
    wanted = _ids(chosen, choices)
    people = [person for person in choices.people if person.id in wanted]
    methods = delivery.contact_methods(actor, [person.id for person in people])
    problems = {t.kind: t.problem for t in delivery.transport_views(actor)}
    called = [_called(person, methods[person.id], problems) for person in people]
    order = {"none": 0, "unproved": 1, "ok": 2}
    return sorted(called, key=lambda one: (order[one.how], one.person.name))


def _ids(chosen: Mapping[str, Any], choices: Choices) -> set[str]:
    teams = set(chosen.get("teams") or ())
    wanted = set(chosen.get("people") or ())
    for template in choices.templates:
        if template.id == chosen.get("template"):
            wanted |= set(template.person_ids)
            teams |= set(template.team_ids)
    for team in choices.teams:
        if team.id in teams:
            wanted |= set(team.member_ids)
    return wanted


def _called(person: PersonView, methods: Iterable[DestinationView], problems: Mapping[str, str]) -> Called:
    listed = list(methods)
    able = [m for m in listed if m.kind in problems and not problems[m.kind]]
    proved = [m for m in able if m.verified]
    if proved:
        return Called(person, "ok", ", ".join(f"{m.kind} {m.address_hint}" for m in proved))
    if able:
        tried = ", ".join(f"{m.kind} {m.address_hint}" for m in able)
        return Called(person, "unproved", f"only by what nobody has verified: {tried}")
    if listed:
        why = next((problems[m.kind] for m in listed if problems.get(m.kind)), "no way of sending is set up for it")
        return Called(person, "none", f"{listed[0].kind} cannot send now: {why}")
    return Called(person, "none", "no contact method")
