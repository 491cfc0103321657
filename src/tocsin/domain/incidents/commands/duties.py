"""What a role asks for in this house, and its standing duties in an incident: given with the role, ticked, reminded.

Duties are copied when a role is first taken in an incident; a new holder goes on where the last one stood.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import Draft, cancel, enqueue_many
from tocsin.domain.accounts.rules import clean_skills
from tocsin.domain.delivery.ports import message_about
from tocsin.domain.incidents import jobs
from tocsin.domain.incidents.commands import calling
from tocsin.domain.incidents.commands.holding import holder
from tocsin.domain.incidents.commands.loading import locked, record, subject
from tocsin.domain.incidents.commands.telling import address, tell
from tocsin.domain.incidents.events import DutyDone, RoleKindSaved
from tocsin.domain.incidents.models import Duty, Incident, RoleKind
from tocsin.domain.incidents.permissions import MANAGE, WRITE
from tocsin.domain.incidents.rules.duties import DEFAULTS, NOTHING, DutyKind, Kept, clean_duties
from tocsin.domain.incidents.rules.roles import role_slug, role_words
from tocsin.domain.incidents.rules.states import ACTIVE_STATES, State
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of, uuid_of


def kept_roles() -> dict[str, Kept]:
    """What every role of the house asks for, by slug: its own words, else the defaults. One query."""
    own = {
        row.slug: Kept(tuple(row.skills), tuple(DutyKind(d["text"], d["minutes"]) for d in row.duties))
        for row in RoleKind.objects.order_by("slug")
    }
    return {**DEFAULTS, **own}


def save_role(actor: Actor, *, role: str, skills: Iterable[str] = (), duties: Iterable[Mapping[str, Any]] = ()) -> str:
    """Say what a role asks for; a slug that the house does not know is a role of its own. Event
    `incidents.role_kind_saved`. What open incidents copied stays as it is."""
    actor.require(MANAGE)
    slug = role_slug(role)
    values = {"skills": clean_skills(skills), "duties": clean_duties(duties)}
    with transaction.atomic():
        RoleKind.objects.update_or_create(slug=slug, defaults=values)
        append(f"role_kind:{slug}", RoleKindSaved(role=slug, what="saved"), actor)
    return slug


def remove_role(actor: Actor, *, role: str) -> None:
    """A role of the house is as it came, one of its own is no longer offered. Raises `NotFound`."""
    actor.require(MANAGE)
    with transaction.atomic():
        gone, _ = RoleKind.objects.filter(slug=role).delete()
        if not gone:
            raise NotFound("Nothing was written down for this role.", field="role")
        append(f"role_kind:{role}", RoleKindSaved(role=role, what="removed"), actor)


def begin_duties(row: Incident, role: str) -> None:
    """Copy the role's standing duties on a locked row, unless this incident has them already."""
    if Duty.objects.filter(incident=row, role=role).exists():
        return
    kept = kept_roles().get(role, NOTHING)
    made = [
        Duty(incident=row, role=role, position=n, text=duty.text, due_at=now() + timedelta(minutes=duty.minutes))
        for n, duty in enumerate(kept.duties)
    ]
    Duty.objects.bulk_create(made)
    enqueue_many([Draft(jobs.DUTY, f'{{"duty":"{duty.id}"}}', str(duty.id), duty.due_at) for duty in made])


def tick_duty(actor: Actor, *, duty: str, done: bool = True) -> None:
    """Tick a standing duty, or take the tick back. Event `incidents.duty_done`."""
    actor.require(WRITE)
    with transaction.atomic():
        found = Duty.objects.filter(id=id_of(duty)).first()
        if found is None:
            raise NotFound("There is no such duty.", field="duty")
        row = locked(actor, str(found.incident_id))
        found = Duty.objects.get(id=found.id)
        if (found.done_at is not None) == done:
            return
        found.done_at = now() if done else None
        found.done_by_id = uuid_of(actor.person) if done and actor.person else None
        found.save(update_fields=["done_at", "done_by"])
        if done:
            cancel(jobs.DUTY, str(found.id))
        record(row, DutyDone(role=found.role, text=found.text, done=done), actor)
        calling.active(row)


def remind_duty(duty: str) -> None:
    """A standing duty is due and not ticked: its holder is told once."""
    with transaction.atomic():
        found = Duty.objects.select_related("incident").filter(id=id_of(duty), done_at=None, reminded_at=None).first()
        if found is None or State(found.incident.state) not in ACTIVE_STATES:
            return
        row, held = found.incident, holder(found.incident, found.role)
        if held is None:
            return
        Duty.objects.filter(id=found.id).update(reminded_at=now())
        said = f"{row.reference}: as {role_words(found.role)}, still to do: {found.text}"
        url = address(row, "roles/")
        message = message_about(subject(row), title=said, text=said, severity=row.severity, url=url, action="Open")
        tell(row, [str(held.person_id)], message, purpose="duty", key=f"duty:{found.id}")
