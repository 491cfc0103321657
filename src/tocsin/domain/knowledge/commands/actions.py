"""Action items: what is to be done, by whom and until when, long after the incident."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tocsin.core.work import cancel, enqueue
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.knowledge import jobs
from tocsin.domain.knowledge.commands.loading import locked, put_in_index, record, text
from tocsin.domain.knowledge.events import ActionItemAdded, ActionItemChanged
from tocsin.domain.knowledge.models import ActionItem
from tocsin.domain.knowledge.naming import TOCSIN, author
from tocsin.domain.knowledge.permissions import WRITE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of, uuid_of

STATES = ("open", "done", "dropped")
WARNING = timedelta(days=1)
"""So long before its time the owner is reminded."""


class Keep:
    """Stands for 'leave it as it is', where None means 'nobody' or 'no time'."""


KEEP: Final = Keep()


def add_action_item(
    actor: Actor,
    *,
    report_id: str,
    title: str,
    owner: str | None = None,
    due_at: datetime | None = None,
    link: str = "",
) -> str:
    """Write down what is to be done; its id. The owner is reminded. Event `knowledge.action_item_added`.

    Allowed in every state of the report. Raises `Denied`, `NotFound`, `Invalid`.
    """
    actor.require(WRITE)
    what = _title(title)
    with transaction.atomic():
        report = locked(actor, report_id)
        owner_name = _owner(owner)
        item = ActionItem.objects.create(
            report=report,
            title=what,
            owner_id=owner or None,
            due_at=due_at,
            link=_link(link),
            created_by_id=actor.person or None,
            created_at=now(),
        )
        told = ActionItemAdded(
            author=author(actor), item=str(item.id), title=what, owner_name=owner_name, due_at=due_at
        )
        record(report, told, actor)
        _set_timers(item)
        put_in_index(report)
    return str(item.id)


def change_action_item(
    actor: Actor,
    *,
    item: str,
    title: str | None = None,
    owner: str | Keep | None = KEEP,
    due_at: datetime | Keep | None = KEEP,
    state: str | None = None,
    link: str | None = None,
    version: int | None = None,
) -> None:
    """Do, drop, reopen, rename, give away, move or link an item. Event `knowledge.action_item_changed`.

    Raises `Conflict` when someone else changed it since `version`.
    """
    actor.require(WRITE)
    with transaction.atomic():
        row = ActionItem.objects.filter(id=id_of(item)).first()
        if row is None:
            raise NotFound("There is no such action item.", field="item")
        report = locked(actor, str(row.report_id))
        row.refresh_from_db()
        if version is not None and version != row.version:
            raise Conflict(f"Someone else changed this item in the meantime; it is {row.state} now.", field="version")
        said = [*_state(row, state), *_words(row, title, link), *_owned(row, owner), *_timed(row, due_at)]
        if not said:
            return
        row.version += 1
        row.save()
        told = ActionItemChanged(
            author=author(actor), item=str(row.id), title=row.title, state=row.state, what=", ".join(said)
        )
        record(report, told, actor)
        _set_timers(row)
        put_in_index(report)


def _state(row: ActionItem, state: str | None) -> list[str]:
    if state is None or state == row.state:
        return []
    if state not in STATES:
        raise Invalid(f"state: choose one of {', '.join(STATES)}.", field="state")
    row.state, row.done_at = state, now() if state == "done" else None
    verb = {"done": "finished", "dropped": "dropped", "open": "reopened"}[state]
    return [f"{verb} an action item"]


def _words(row: ActionItem, title: str | None, link: str | None) -> list[str]:
    said = []
    if title is not None and (what := _title(title)) != row.title:
        row.title = what
        said.append("renamed an action item")
    if link is not None and (where := _link(link)) != row.link:
        row.link = where
        said.append("linked an action item" if where else "took the link off an action item")
    return said


def _owned(row: ActionItem, owner: str | Keep | None) -> list[str]:
    if isinstance(owner, Keep) or (owner or None) == (str(row.owner_id) if row.owner_id else None):
        return []
    who = _owner(owner)
    row.owner_id = uuid_of(owner) if owner else None
    return [f"gave an action item to {who}" if who else "took an action item from its owner"]


def _timed(row: ActionItem, due_at: datetime | Keep | None) -> list[str]:
    if isinstance(due_at, Keep) or due_at == row.due_at:
        return []
    row.due_at = due_at
    return [f"moved an action item to {due_at:%Y-%m-%d}" if due_at else "took the date off an action item"]


def _set_timers(item: ActionItem) -> None:
    """Remind a day before it is due, and when it is over; none once it is settled. A moved one reminds anew."""
    key, payload = str(item.id), jobs.ItemDue(item=str(item.id))
    cancel(jobs.REMIND, key)
    cancel(jobs.OVERDUE, key)
    if item.state != "open" or item.due_at is None or item.due_at <= now():
        return
    if item.due_at - WARNING > now():
        enqueue(jobs.REMIND, payload, key=key, due=item.due_at - WARNING)
    enqueue(jobs.OVERDUE, payload, key=key, due=item.due_at)


def _title(value: str) -> str:
    return text(value, "title", needed="say what is to be done.", longest=300)


def _link(value: str) -> str:
    where = text(value, "link", longest=500)
    if where and not where.startswith(("https://", "http://")):
        raise Invalid("link: write a whole address that begins with https://.", field="link")
    return where


def _owner(person: str | None) -> str:
    if not person:
        return ""
    found = accounts.people(TOCSIN, [person], active_only=True)
    if not found:
        raise NotFound("There is no such active person; choose another owner.", field="owner")
    return found[0].name
