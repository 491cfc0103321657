"""Subscribers: asked, confirmed, changed, gone. Everybody gets the same answer, so that nobody learns who subscribed.

Nothing but the one message that asks goes to an address before somebody there confirmed it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import translation

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.ports import Cleaned, Message, transport
from tocsin.domain.statuspage.commands.loading import TOCSIN, record, the_page
from tocsin.domain.statuspage.commands.telling import PURPOSE, subject_of_page
from tocsin.domain.statuspage.events import SubscriberRemoved, SubscribersImported
from tocsin.domain.statuspage.letters import confirmation
from tocsin.domain.statuspage.models import Component, Subscriber
from tocsin.domain.statuspage.permissions import MANAGE
from tocsin.domain.statuspage.subscriptions import address_hash, confirm_url, opened, opened_to_confirm
from tocsin.domain.statuspage.views import Imported
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound, Unavailable
from tocsin.kernel.ids import id_of, new_id

KINDS = ("mail", "webhook", "slack")
AUDIENCE = "statuspage"
ASK_AGAIN_AFTER = timedelta(minutes=10)
ASKED_IN_AN_HOUR = 1000
"""More requests than this from everybody together are an attack, not readers."""
BROKEN_AFTER = 3
LONGEST_LIST = 200_000
_FAULTS_KEPT = 100
_BATCH = 500


def subscribe(actor: Actor, *, kind: str, address: str, components: Sequence[str] = ()) -> None:
    """Ask the address whether it wants to be told; nothing is told before it confirms. Open to strangers.

    Whether the address is known already is never betrayed. Raises `Invalid(kind, address)`; `NotFound` while there
    is no public page; `Unavailable` when far too many ask at once.
    """
    page = the_page()
    if not page.published:
        raise NotFound("There is no status page here.")
    cleaned = _cleaned(kind, address)
    chosen = _chosen(components)
    at = now()
    if Subscriber.objects.filter(asked_at__gt=at - timedelta(hours=1)).count() >= ASKED_IN_AN_HOUR:
        raise Unavailable("Very many people subscribe at this moment; try again in an hour, or read the feed.")
    with transaction.atomic():
        row = _row(kind, cleaned)
        if row.state == "active" or (row.asked_at and at - row.asked_at < ASK_AGAIN_AFTER):
            return
        row.components, row.asked_at, row.state = chosen, at, "pending"
        row.address, row.address_hint = cleaned.address, cleaned.hint
        place_for(row)
        row.save()
        with translation.override(page.languages[0] if page.languages else None):
            message = confirmation(page.name, confirm_url(row.id))
        _send(row, message)


def _send(row: Subscriber, message: Message) -> None:
    delivery.send(
        TOCSIN,
        destination_id=str(row.destination_id),
        message=message,
        subject=subject_of_page(),
        purpose=f"{PURPOSE}.confirm",
        key=f"statuspage-confirm:{new_id()}",
    )


def _cleaned(kind: str, address: str) -> Cleaned:
    if kind not in KINDS:
        raise Invalid(f"kind: choose one of {', '.join(KINDS)}.", field="kind")
    if len(address) > 500:
        raise Invalid("address: this is too long to be an address.", field="address")
    return transport(kind).clean(address, {})


def _chosen(components: Sequence[str]) -> list[str]:
    known = set(Component.objects.filter(removed_at=None).values_list("code", flat=True))
    chosen = [code for code in dict.fromkeys(components) if code in known]
    return [] if len(chosen) == len(known) else chosen


def _row(kind: str, cleaned: Cleaned) -> Subscriber:
    found, _ = Subscriber.objects.select_for_update().get_or_create(
        kind=kind,
        address_hash=address_hash(kind, cleaned.address),
        defaults={"address": cleaned.address, "address_hint": cleaned.hint, "created_at": now()},
    )
    return found


def place_for(row: Subscriber) -> None:
    """Give the subscriber a place in delivery, where messages go. Raises `Invalid`, `Conflict` for a bad address."""
    if row.destination_id is None:
        row.destination_id = id_of(
            delivery.add_destination(TOCSIN, kind=row.kind, address=row.address, vouched=True, audience=AUDIENCE)
        )


def confirm(token: str) -> None:
    """Somebody at the address said yes. A second time changes nothing. Raises `NotFound` when the link ran out."""
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(id=opened_to_confirm(token)).first()
        if row is None or not row.address:
            raise NotFound("This subscription does not exist any more; subscribe again.")
        if row.state != "active":
            row.state, row.failures, row.last_answer, row.confirmed_at = "active", 0, "", now()
            row.save()


def unsubscribe(token: str) -> None:
    """Somebody leaves: nothing more is sent, what waits is held back, the address is forgotten. Twice is once."""
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(id=opened(token)).first()
        if row is not None:
            _forget(row)


def _forget(row: Subscriber) -> None:
    if row.destination_id is not None:
        gone = str(row.destination_id)
        row.destination_id = None
        row.save(update_fields=["destination"])
        delivery.remove_destination(TOCSIN, destination_id=gone)
    row.state, row.address, row.components = "left", "", []
    row.save()


def choose(token: str, *, components: Sequence[str]) -> None:
    """Somebody chooses what to be told of; none means all. Raises `NotFound` for who has left."""
    chosen = _chosen(components)
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(id=opened(token)).exclude(state="left").first()
        if row is None:
            raise NotFound("This subscription does not exist any more; subscribe again.")
        row.components = chosen
        row.save(update_fields=["components"])


def remove_subscriber(actor: Actor, *, subscriber_id: str) -> None:
    """Take somebody off the list; the address is forgotten. Event `statuspage.subscriber_removed`."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(id=id_of(subscriber_id)).exclude(state="left").first()
        if row is None:
            raise NotFound("There is no such subscriber.")
        _forget(row)
        record(SubscriberRemoved(kind=row.kind), actor)


def import_subscribers(actor: Actor, *, rows: Iterable[Sequence[str]]) -> Imported:
    """Take over a list of people who agreed elsewhere: (address) or (kind, address[, state, components]) in a row.

    What cannot be used is counted and named by its line; the rest is kept. At most 200,000 lines. Who left stays
    away. Event `statuspage.subscribers_imported`. Raises `Denied`, `Invalid`.
    """
    actor.require(MANAGE)
    at, refused = now(), 0
    faults: list[tuple[int, str]] = []
    known = set(Component.objects.filter(removed_at=None).values_list("code", flat=True))
    wanted: dict[tuple[str, str], Subscriber] = {}
    for number, cells in enumerate(rows, start=1):
        if number > LONGEST_LIST:
            raise Invalid(f"file: at most {LONGEST_LIST:,} lines; divide it.", field="file")
        given = [cell.strip() for cell in cells]
        if not any(given) or (number == 1 and given[0].lower() in {"kind", "address", "email", "mail"}):
            continue
        kind, address, codes = _read(given)
        try:
            cleaned = _cleaned(kind, address)
        except Invalid as fault:
            refused += 1
            if len(faults) < _FAULTS_KEPT:
                faults.append((number, fault.sentence.removeprefix(f"{fault.field}: ")))
            continue
        hashed = address_hash(kind, cleaned.address)
        wanted[kind, hashed] = Subscriber(
            id=new_id(),
            kind=kind,
            address=cleaned.address,
            address_hash=hashed,
            address_hint=cleaned.hint,
            components=[code for code in codes if code in known],
            state="active",
            confirmed_at=at,
            created_at=at,
        )
    added = _insert(list(wanted.values()))
    with transaction.atomic():
        record(SubscribersImported(added=added, known=len(wanted) - added, refused=refused), actor)
    return Imported(added, len(wanted) - added, refused, tuple(faults))


def _read(cells: list[str]) -> tuple[str, str, list[str]]:
    if len(cells) == 1 or cells[0] not in KINDS:
        return "mail", cells[0].lstrip("'"), []
    return cells[0], cells[1].lstrip("'"), cells[3].split() if len(cells) > 3 else []


def _insert(rows: list[Subscriber]) -> int:
    """In short transactions: a long list must not hold up a page. A part that fails is not half there."""
    added = 0
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        with transaction.atomic():
            hashes = [row.address_hash for row in part]
            there = set(Subscriber.objects.filter(address_hash__in=hashes).values_list("kind", "address_hash"))
            fresh = [row for row in part if (row.kind, row.address_hash) not in there]
            Subscriber.objects.bulk_create(fresh, ignore_conflicts=True)
            added += len(fresh)
    return added


def failed(key: str, answer: str) -> None:
    """A message was refused for good: after three such the address counts as broken and is told nothing more."""
    subscriber = key.rpartition(":")[2] if key.startswith("statuspage:") else ""
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(id=id_of(subscriber), state="active").first()
        if row is not None:
            row.failures += 1
            row.last_answer = answer[:300]
            if row.failures >= BROKEN_AFTER:
                row.state = "broken"
            row.save(update_fields=["failures", "last_answer", "state"])
