"""The ledger's equation: accepted = sent + delivered + failed + suppressed + in flight. Reads only, for all rows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from tocsin.core.engine.models import Job
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.rules import SETTLED, State
from tocsin.domain.delivery.work import SEND_JOB


@dataclass(frozen=True, slots=True)
class Conservation:
    """The equation of the ledger. `in_flight` counts rows that are not settled and whose job lives."""

    accepted: int
    sent: int
    delivered: int
    failed: int
    suppressed: int
    in_flight: int

    @property
    def missing(self) -> int:
        """Deliveries that nobody would ever send nor report; anything but 0 is an alarm."""
        return self.accepted - self.sent - self.delivered - self.failed - self.suppressed - self.in_flight


def conservation(since: datetime | None = None) -> Conservation:
    """Count the ledger (created since) in one statement, so that no delivery is counted twice. No actor."""
    live = Exists(Job.objects.filter(kind=SEND_JOB, key=OuterRef("key"), dead=False))
    rows = Delivery.objects.all() if since is None else Delivery.objects.filter(created_at__gte=since)
    unsettled = ~Q(state__in=list(SETTLED))
    counts = rows.annotate(live=live).aggregate(
        accepted=Count("id"),
        in_flight=Count("id", filter=unsettled & Q(live=True)),
        **{state.value: Count("id", filter=Q(state=state)) for state in sorted(SETTLED)},
    )
    return Conservation(**counts)


def unsettled_without_work(limit: int = 500) -> list[str]:
    """Ids of deliveries that wait although no job will send them (the `missing` of the equation). One query."""
    live = Exists(Job.objects.filter(kind=SEND_JOB, key=OuterRef("key"), dead=False))
    rows = Delivery.objects.filter(state__in=[State.QUEUED, State.LEASED, State.UNKNOWN]).annotate(live=live)
    return [str(id_) for id_ in rows.filter(live=False).values_list("id", flat=True)[:limit]]
