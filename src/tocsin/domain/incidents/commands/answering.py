"""What answers to pages do to incidents. Called by reactions only, in any order: what paging says now counts."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, GroupRow
from tocsin.domain.incidents.commands import engaging
from tocsin.domain.incidents.commands.holding import drop_role
from tocsin.domain.incidents.commands.loading import record, subject
from tocsin.domain.incidents.commands.response import taken_up, withdrawn
from tocsin.domain.incidents.events import MemberAdded
from tocsin.domain.incidents.models import Incident, IncidentGroup, Member, Responder, RoleHolder
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.states import OPEN_STATES
from tocsin.domain.oncall import commands as calls
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.ids import id_of, uuid_of


def acknowledged(incident: str, *, person: str, name: str, at: datetime, joined: bool) -> None:
    """Someone answered. Ignored when they took it back in the meantime."""
    with transaction.atomic():
        row = _row(incident)
        if row is None or (not joined and oncall.paging(TOCSIN, f"incident:{incident}").acknowledged_at is None):
            return
        taken_up(row, person=person, name=name, at=at, joined=joined)


def alerts_known(group: GroupRow, *, by: str) -> None:
    """Stop paging once every firing alert of the incident is acknowledged, in the name of the person, else the tool.

    So PagerDuty does for its one alert; where several stand together, one that nobody knows keeps paging.
    """
    with transaction.atomic():
        link = IncidentGroup.objects.filter(group_id=group.id, current=True).first()
        row = _row(str(link.incident_id)) if link is not None else None
        if row is None:
            return
        groups = IncidentGroup.objects.filter(incident=row, current=True).values_list("group_id", flat=True)
        unknown = AlertFilter(states=("firing",), group_ids=tuple(str(id_) for id_ in groups), limit=1)
        if alerts.alerts(TOCSIN, unknown).alerts:
            return
        person = by.removeprefix("person:") if by.startswith("person:") else ""
        tool = Actor(id="system:alert-tool", name=group.integration or "The alert tool")
        calls.acknowledge(actor_of(person) if person else tool, subject=subject(row), via="the alerts themselves")


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


def left(person: str, *, name: str) -> None:
    """Someone was deactivated: in every incident that is not over, their roles end and their call is over."""
    held = RoleHolder.objects.filter(person=id_of(person), ended_at=None).values("incident")
    called = Responder.objects.filter(person=id_of(person), since__isnull=False).values("incident")
    rows = Incident.objects.filter(Q(id__in=held) | Q(id__in=called), state__in=OPEN_STATES)
    for incident in rows.order_by("number").values_list("id", flat=True):
        with transaction.atomic():
            row = _row(str(incident))
            if row is None:
                continue
            engaging.left(row, person, TOCSIN, f"{name} was deactivated")
            for role in RoleHolder.objects.filter(incident=row, person=id_of(person), ended_at=None).order_by("id"):
                drop_role(TOCSIN, row, role)


def _row(incident: str) -> Incident | None:
    return Incident.objects.select_for_update().filter(id=incident).first()
