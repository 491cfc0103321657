"""Contact methods that ended where they lead: switched off, and said to their person and, where asked, administrators.

Called by workers and by what vendors say through their doors; never by a screen.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction

from tocsin.core.log import append
from tocsin.domain.accounts.queries import administrator_ids
from tocsin.domain.delivery.commands.destinations import about, address_hash, stream_of_destination
from tocsin.domain.delivery.commands.ledger import ENGINE
from tocsin.domain.delivery.commands.sending import send
from tocsin.domain.delivery.events import DestinationChanged, DestinationEnded, DestinationVerified
from tocsin.domain.delivery.models import Destination, Heard
from tocsin.domain.delivery.permissions import SEND
from tocsin.domain.delivery.ports import Message, transport
from tocsin.domain.delivery.reach import destination_ids_for
from tocsin.domain.delivery.rules import one_line
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import new_id
from tocsin.kernel.subject import Subject

ENDED = "delivery.ended"
START_LASTS = timedelta(hours=24)
HEARD_LASTS = timedelta(days=30)


def end_destination(actor: Actor, *, destination_id: str, reason: str, tell_administrators: bool = False) -> None:
    """Switch a contact method off because of what was said there; once. Event destination_ended.

    Its person is told through another method, and so are administrators where asked.
    """
    actor.require(SEND)
    with transaction.atomic():
        row = Destination.objects.select_for_update(of=("self",)).filter(id=destination_id).first()
        if row is None or not row.enabled:
            return
        row.enabled, row.ended = False, one_line(reason, 200)
        row.save(update_fields=["enabled", "ended"])
        append(stream_of_destination(row), DestinationEnded(**about(row), reason=row.ended), actor)
        if not row.audience:
            _tell(row, tell_administrators)


def stop_address(actor: Actor, *, kinds: Iterable[str], address: str, reason: str) -> int:
    """Switch off every contact method of these kinds with this address: its owner asked for it there; how many."""
    actor.require(SEND)
    rows = [row for row in _with_address(kinds, address) if row.enabled]
    for row in rows:
        end_destination(actor, destination_id=str(row.id), reason=reason, tell_administrators=True)
    return len(rows)


def start_address(actor: Actor, *, kinds: Iterable[str], address: str) -> int:
    """Switch on again what `stop_address` switched off, never what a person did; how many. Event changed."""
    actor.require(SEND)
    with transaction.atomic():
        rows = [row for row in _with_address(kinds, address) if row.ended]
        for row in rows:
            row.enabled, row.ended = True, ""
            row.save(update_fields=["enabled", "ended"])
            append(stream_of_destination(row), DestinationChanged(**about(row), fields=["switched on"]), actor)
    return len(rows)


def claim_destination(actor: Actor, *, kind: str, start: str, address: str, hint: str) -> str:
    """The person behind a start opened it there: its contact method gets its address and is proved; their language.

    A start works once, for a day. Event destination_verified. Raises `NotFound` for one that is unknown or too old.
    """
    actor.require(SEND)
    with transaction.atomic():
        rows = Destination.objects.select_for_update(of=("self",)).filter(
            kind=kind, address_hash=address_hash(kind, start), verified_at=None, created_at__gt=now() - START_LASTS
        )
        row = rows.first()
        if row is None:
            raise NotFound("This start is not known, or too old.")
        same = Destination.objects.filter(kind=kind, person_id=row.person_id, address_hash=address_hash(kind, address))
        if known := same.first():
            # The chat is there already: the new entry was a second one for it.
            row.delete()
            row = known
        row.address, row.address_hash = address, address_hash(kind, address)
        row.address_hint = hint or transport(kind).clean(address, {}).hint
        row.verified_at, row.enabled, row.ended = now(), True, ""
        row.save()
        append(stream_of_destination(row), DestinationVerified(**about(row)), actor)
    return row.person.language if row.person else ""


def once(actor: Actor, *, vendor: str, name: str) -> bool:
    """True the first time that this vendor says this; in the transaction of what follows from it."""
    actor.require(SEND)
    try:
        with transaction.atomic():
            Heard.objects.create(vendor=vendor, name=name[:120], at=now())
    except IntegrityError:
        return False
    return True


def forget_heard(actor: Actor) -> int:
    """Forget what was heard more than 30 days ago; how many."""
    actor.require(SEND)
    return Heard.objects.filter(at__lt=now() - HEARD_LASTS).delete()[0]


def _with_address(kinds: Iterable[str], address: str) -> list[Destination]:
    hashes = [address_hash(kind, address) for kind in kinds]
    return list(Destination.objects.filter(address_hash__in=hashes, audience=""))


def _tell(row: Destination, tell_administrators: bool) -> None:
    name = row.person.name if row.person else "the organisation"
    what = f"{row.label or row.kind} ({row.address_hint})"
    told = {str(row.person_id)} if row.person_id else set()
    if row.person_id:
        text = f"Tocsin no longer uses your contact method {what}: {row.ended}\nSwitch it on again, or add another."
        _write(row, str(row.person_id), "One of your contact methods was switched off", text)
    if tell_administrators or not row.person_id:
        text = f"Tocsin no longer uses a contact method of {name}, {what}: {row.ended}"
        for administrator in set(administrator_ids()) - told:
            _write(row, administrator, f"A contact method of {name} was switched off", text)


def _write(row: Destination, person_id: str, title: str, text: str) -> None:
    others = [id_ for id_ in destination_ids_for(person_id, urgent=False) if id_ != str(row.id)]
    if not others:
        return
    subject = Subject("destination", str(row.id), "Contact method", "Contact method", "/settings/contact/")
    key = f"{ENDED}:{new_id()}"
    send(
        ENGINE,
        destination_id=others[0],
        message=Message(title=title, text=text, reference="Contact method"),
        subject=subject,
        purpose=ENDED,
        key=key,
    )
