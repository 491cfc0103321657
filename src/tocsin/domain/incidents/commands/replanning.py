"""Deadlines by the targets in force, when somebody asks for it: an incident keeps the edition it was begun under."""

from django.db import transaction

from tocsin.domain.incidents.books import editions_in_force
from tocsin.domain.incidents.commands import timers
from tocsin.domain.incidents.commands.loading import locked, record, save
from tocsin.domain.incidents.events import Replanned
from tocsin.domain.incidents.permissions import RESPOND
from tocsin.domain.incidents.rules.states import OPEN_STATES, State
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Conflict


def replan_by_newest(actor: Actor, *, incident: str, version: int | None = None) -> int:
    """Plan what is still owed by the targets and business hours in force; returns their edition. Event
    `incidents.replanned`.

    What was met stays met. Raises `Conflict` when it follows them already, or is over.
    """
    actor.require(RESPOND)
    with transaction.atomic():
        row = locked(actor, incident, version=version)
        if State(row.state) not in OPEN_STATES:
            raise Conflict(f"{row.reference} is {row.state}; nothing is planned any more.", field="state")
        newest, before = editions_in_force()[0], row.targets_version
        if newest == before and not timers.moves_by_hours(row):
            raise Conflict(f"{row.reference} follows edition {newest} of the targets already.", field="edition")
        row.targets_version = newest
        save(row, "targets_version")
        record(row, Replanned(edition=newest, before=before), actor)
        timers.replan(row)
    return newest
