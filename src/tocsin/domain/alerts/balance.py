"""The books of alerts: every one that fires is told by its group, kept quiet with a reason, or about to be told."""

from datetime import datetime, timedelta

from django.db.models import Count, Q

from tocsin.core.alarms.balance import Balance
from tocsin.core.engine.models import Job
from tocsin.domain.alerts.commands.grouping import FLUSH
from tocsin.domain.alerts.models import Alert, AlertGroup, DeadLetter, InboxItem
from tocsin.kernel.clock import now

SETTLES_WITHIN = timedelta(minutes=2)
"""Sweeps and timers may be this late without anything being lost."""
MOST = 5000
_NAMED = 20
_FIRE = ("firing", "acknowledged")


def balance() -> Balance:
    """Signals that wait or could not be read, and alerts that fire. A fixed number of queries."""
    waiting, unread = InboxItem.objects.count(), DeadLetter.objects.count()
    firing = Alert.objects.filter(current=True, state__in=_FIRE)
    counted = firing.aggregate(
        total=Count("id"),
        quiet=Count("id", filter=Q(muted=True)),
        told=Count("id", filter=Q(muted=False, group__flushed_at__isnull=False)),
    )
    total, muted, told = counted["total"], counted["quiet"], counted["told"]
    untold = firing.filter(muted=False).exclude(group__flushed_at__isnull=False)
    rows = list(untold.values_list("id", "group_id", "last_seen_at")[:MOST])
    timers = _timers({str(group) for _, group, _ in rows if group})
    at = now()
    lost = [str(id_) for id_, group, seen in rows if str(group) not in timers and at - seen > SETTLES_WITHIN]
    under_way = total - muted - told - len(lost)
    return Balance("alerts", total + waiting + unread, told, unread, muted, under_way + waiting, tuple(lost[:_NAMED]))


def _timers(groups: set[str]) -> set[str]:
    """Those groups whose timer lives: they speak by themselves."""
    if not groups:
        return set()
    keys = Job.objects.filter(kind=FLUSH, key__in=groups, dead=False).values_list("key", flat=True)
    return {key for key in keys if key}


def spoken_groups(since: datetime) -> list[str]:
    """Groups that fire, spoke since then, and not just now; for whoever makes incidents of them. One query."""
    rows = AlertGroup.objects.filter(state="open", current=True, created_at__gte=since)
    rows = rows.filter(flushed_at__lt=now() - SETTLES_WITHIN, integration__removed_at=None)
    return [str(id_) for id_ in rows.order_by("-created_at").values_list("id", flat=True)[:MOST]]
