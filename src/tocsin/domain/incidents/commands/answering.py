"""What answers to pages do to incidents. Called by reactions only, in any order: what paging says now counts."""

from datetime import datetime

from django.db import transaction

from tocsin.domain.incidents.commands.loading import record
from tocsin.domain.incidents.commands.response import taken_up, withdrawn
from tocsin.domain.incidents.events import MemberAdded
from tocsin.domain.incidents.models import Incident, Member
from tocsin.domain.incidents.naming import TOCSIN, uuid_of
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.clock import now


def acknowledged(incident: str, *, person: str, name: str, at: datetime, joined: bool) -> None:
    """Someone answered. Ignored when they took it back in the meantime."""
    with transaction.atomic():
        row = _row(incident)
        if row is None or (not joined and oncall.paging(TOCSIN, f"incident:{incident}").acknowledged_at is None):
            return
        taken_up(row, person=person, name=name, at=at, joined=joined)


def undone(incident: str, *, person: str, name: str) -> None:
    """Someone took their answer back. Ignored when it was answered again in the meantime."""
    with transaction.atomic():
        row = _row(incident)
        if row is not None and oncall.paging(TOCSIN, f"incident:{incident}").acknowledged_at is None:
            withdrawn(row, person=person, name=name)


def paged(incident: str, *, person: str, name: str) -> None:
    """Let whoever was called to a restricted incident see it. Event `incidents.member_added`."""
    with transaction.atomic():
        row = _row(incident)
        if row is None or not row.restricted:
            return
        _, made = Member.objects.get_or_create(incident=row, person_id=uuid_of(person), defaults={"added_at": now()})
        if made:
            record(row, MemberAdded(person=person, person_name=name), TOCSIN)


def _row(incident: str) -> Incident | None:
    return Incident.objects.select_for_update().filter(id=incident).first()
