"""Reminders of action items: a day before they are due, and when they are over. Called by workers only."""

from django.conf import settings
from django.db import transaction

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import Message, Reader, message_about
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.knowledge.commands.loading import incident_of, record
from tocsin.domain.knowledge.events import ActionItemDue
from tocsin.domain.knowledge.models import ActionItem
from tocsin.domain.knowledge.naming import TOCSIN, subject
from tocsin.kernel.clock import now


def remind(item_id: str, *, overdue: bool) -> None:
    """Tell the owner by their first quiet contact method, once; without an owner, whoever wrote it down.

    Event `knowledge.action_item_due`, which says when nobody could be reached.
    """
    with transaction.atomic():
        item = ActionItem.objects.select_related("report").filter(id=item_id, state="open").first()
        if item is None or item.due_at is None:
            return
        person = str(item.owner_id or item.created_by_id or "")
        found = accounts.people(TOCSIN, [person], active_only=True) if person else []
        told = bool(found) and _tell(item, incident_of(item.report), person, overdue=overdue)
        due = ActionItemDue(
            author=str(item.created_by_id or TOCSIN.id),
            item=str(item.id),
            title=item.title,
            overdue=overdue,
            owner_name=found[0].name if found else "",
            told=told,
        )
        record(item.report, due, TOCSIN)


def _tell(item: ActionItem, owner: IncidentRow, person: str, *, overdue: bool) -> bool:
    how = "is overdue" if overdue else "is due within a day"
    at, due = now(), item.due_at

    def message(reader: Reader) -> Message:
        when = reader.when(due, at) if due else "soon"
        return message_about(
            subject(owner),
            title=f"{owner.reference}: an action item {how}",
            text=f"{item.title}\nDue {when}, from the report of {owner.reference}.\n{item.link}".strip(),
            url=f"{settings.PUBLIC_URL}{owner.url}report/#actions",
            action="Open",
        )

    for destination in destinations.destination_ids_for(person, urgent=False)[:1]:
        delivery.send(
            TOCSIN,
            destination_id=destination,
            message=message,
            subject=subject(owner),
            purpose="knowledge.action_item",
            key=f"item:{item.id}:{int(item.due_at.timestamp()) if item.due_at else 0}:{'over' if overdue else 'soon'}",
        )
        return True
    return False
