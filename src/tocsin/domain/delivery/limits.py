"""How often codes and test messages may be asked for, so that nobody can flood a stranger's mailbox."""

from datetime import timedelta
from uuid import UUID

from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.ports import DeliveryView, register_recheck
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

VERIFICATION = "delivery.verification"
TEST = "delivery.test"
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
_PER_HOUR = {VERIFICATION: 5, TEST: 10}


def check_rate(destination_id: UUID, purpose: str) -> None:
    """Raise `Conflict` when this was asked for too often: 5 codes or 10 test messages in an hour."""
    recent = Delivery.objects.filter(
        destination_id=destination_id, purpose=purpose, created_at__gt=now() - timedelta(hours=1)
    ).count()
    if recent >= _PER_HOUR[purpose]:
        raise Conflict("This was asked for too often within an hour; wait a while, then try again.")


def _stale(delivery: DeliveryView) -> str | None:
    late = now() - delivery.created_at > CODE_LASTS
    return "It is too late for this message; ask for a new one." if late else None


register_recheck(VERIFICATION, _stale)
register_recheck(TEST, _stale)
