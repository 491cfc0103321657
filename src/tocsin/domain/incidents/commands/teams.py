"""Response teams kept by name, to be called with one button."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.incidents.commands.loading import choice, text
from tocsin.domain.incidents.events import TeamTemplateRemoved, TeamTemplateSaved
from tocsin.domain.incidents.models import TeamTemplate
from tocsin.domain.incidents.naming import id_of
from tocsin.domain.incidents.permissions import MANAGE
from tocsin.domain.incidents.rules.states import Kind
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import new_id


def save_team_template(
    actor: Actor,
    *,
    name: str,
    kind: str = "",
    people: Sequence[str] = (),
    teams: Sequence[str] = (),
    template: str | None = None,
) -> str:
    """Make a response team, or change `template`; returns its id. Event `incidents.team_template_saved`."""
    actor.require(MANAGE)
    called = text(name, "name", needed="give the team a name.", longest=80)
    choice(kind, ["", *(k.value for k in Kind)], "kind")
    if not people and not teams:
        raise Invalid("people: choose at least one person or team.", field="people")
    values = {"name": called, "kind": kind, "people": list(people), "teams": list(teams)}
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


def remove_team_template(actor: Actor, *, template: str) -> None:
    """Remove a response team. Event `incidents.team_template_removed`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = TeamTemplate.objects.filter(id=id_of(template)).first()
        if row is None:
            raise NotFound("There is no such response team.", field="template")
        append(f"team_template:{row.id}", TeamTemplateRemoved(template=str(row.id), name=row.name), actor)
        row.delete()
