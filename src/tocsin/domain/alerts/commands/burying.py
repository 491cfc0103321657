"""What people do with signals that could not be read: try them again, or throw them away with a reason."""

from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import wake_engine
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.accepting import accept
from tocsin.domain.alerts.models import DeadLetter
from tocsin.domain.alerts.permissions import CONNECT
from tocsin.domain.alerts.ports import SHARDS, Accepted
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.errors import Invalid, NotFound


def retry_signal(actor: Actor, *, letter_id: int) -> None:
    """Put a buried signal back into the inbox, to be folded now. Event: SignalRetried. Raises `NotFound`."""
    actor.require(CONNECT)
    with transaction.atomic():
        row = _find(letter_id)
        again = Accepted(str(row.integration), row.source, _shard(row.key), row.key, bytes(row.raw))
        accept(system("alerts.retry"), rows=[again])
        retried = events.SignalRetried(letter=row.id, source=row.source, error=row.error[:500])
        append(f"integration:{row.integration}", retried, actor)
        row.delete()
        transaction.on_commit(wake_engine)


def discard_signal(actor: Actor, *, letter_id: int, reason: str) -> None:
    """Throw a buried signal away. Event: SignalDiscarded. Raises `Invalid`, `NotFound`."""
    actor.require(CONNECT)
    if not reason.strip():
        raise Invalid("reason: say why it can be thrown away.", field="reason")
    with transaction.atomic():
        row = _find(letter_id)
        discarded = events.SignalDiscarded(
            letter=row.id, source=row.source, error=row.error[:500], reason=reason.strip()[:500]
        )
        append(f"integration:{row.integration}", discarded, actor)
        row.delete()


def _shard(key: str) -> int:
    try:
        return int(key[:15], 16) % SHARDS
    except ValueError:
        return 0


def _find(letter_id: int) -> DeadLetter:
    row = DeadLetter.objects.select_for_update().filter(id=letter_id).first()
    if row is None:
        raise NotFound("There is no such signal; someone may have retried or discarded it.")
    return row
