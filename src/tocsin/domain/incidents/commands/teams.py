"""Response teams kept by name, to be called with one button."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.incidents.commands.loading import choice, text
from tocsin.domain.incidents.events import TeamTemplateRemoved, TeamTemplateSaved
from tocsin.domain.incidents.models import TeamTemplate
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.permissions import MANAGE
from tocsin.domain.incidents.rules.roles import role_slug
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, new_id


def save_team_template(
    actor: Actor,
    *,
    name: str,
    kind: str = "",
    severities: Sequence[str] = (),
    people: Sequence[str] = (),
    teams: Sequence[str] = (),
    schedules: Sequence[str] = (),
    roles: Sequence[str] = (),
    template: str | None = None,
) -> str:
    """Make a response team, or change `template`; returns its id. Event `incidents.team_template_saved`.

    Without a kind or severities it suits every incident. Raises `Invalid` naming who or what is not there (any more).
    """
    actor.require(MANAGE)
    called = text(name, "name", needed="give the team a name.", longest=80)
    choice(kind, ["", *(k.value for k in Kind)], "kind")
    if not people and not teams and not schedules:
        raise Invalid("people: choose at least one person, team or schedule.", field="people")
    values = {
        "name": called,
        "kind": kind,
        "severities": _severities(severities),
        "people": _active(people),
        "teams": _known(teams, {t.id for t in accounts.teams(TOCSIN)}, "teams", "team"),
        "schedules": _known(schedules, {s.id for s in oncall.schedules(TOCSIN)}, "schedules", "schedule"),
        "roles": list(dict.fromkeys(role_slug(role, "roles") for role in roles)),
    }
    with transaction.atomic():
        id_ = template or str(new_id())
        if template is not None and not TeamTemplate.objects.filter(id=id_of(template)).exists():
            raise NotFound("There is no such response team.", field="template")
        try:
            with transaction.atomic():
                TeamTemplate.objects.update_or_create(id=id_, defaults=values)
        except IntegrityError:
            raise Conflict(f"There is a response team called {called}; choose another name.", field="name") from None
        append(f"team_template:{id_}", TeamTemplateSaved(template=id_, name=called), actor)
    return id_


def _severities(given: Sequence[str]) -> list[str]:
    wanted = {choice(severity, list(Severity), "severities") for severity in given}
    return [severity.value for severity in Severity if severity.value in wanted]


def _active(people: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(people))
    found = {person.id: person for person in accounts.people(TOCSIN, wanted)} if wanted else {}
    for person in wanted:
        if person not in found:
            raise Invalid("people: one of them is not there (any more); choose again.", field="people")
        if not found[person].active:
            raise Invalid(f"people: {found[person].name} may not sign in any more; leave them out.", field="people")
    return wanted


def _known(given: Sequence[str], there: set[str], field: str, one: str) -> list[str]:
    wanted = list(dict.fromkeys(given))
    if any(id_ not in there for id_ in wanted):
        raise Invalid(f"{field}: one {one} is not there (any more); choose again.", field=field)
    return wanted


def remove_team_template(actor: Actor, *, template: str) -> None:
    """Remove a response team. Event `incidents.team_template_removed`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = TeamTemplate.objects.filter(id=id_of(template)).first()
        if row is None:
            raise NotFound("There is no such response team.", field="template")
        append(f"team_template:{row.id}", TeamTemplateRemoved(template=str(row.id), name=row.name), actor)
        row.delete()
