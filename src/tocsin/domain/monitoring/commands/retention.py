"""What is forgotten: single answers after a day, failed ones and spans later, everything of a removed check."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tocsin.domain.monitoring.models import Check, CheckResult, CheckSpan
from tocsin.domain.monitoring.permissions import RECORD
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

STEP = 500
_GOOD_RESULTS = timedelta(days=1)
_BAD_RESULTS = timedelta(days=14)
_SPANS = {300: timedelta(days=8), 3600: timedelta(days=100), 86400: timedelta(days=3 * 366)}


def forget_old(actor: Actor) -> int:
    """Delete up to 500 rows whose time is over, in one short transaction; returns how many. Call until 0.

    A heartbeat's latest call outlives a day: it is what its next judgement needs.
    """
    actor.require(RECORD)
    at = now()
    old: list[QuerySet[Any]] = [
        CheckResult.objects.filter(check_row__removed_at__isnull=False),
        CheckSpan.objects.filter(check_row__removed_at__isnull=False),
        CheckResult.objects.filter(ok=True, at__lt=at - _GOOD_RESULTS).exclude(check_row__kind="heartbeat"),
        CheckResult.objects.filter(at__lt=at - _BAD_RESULTS).exclude(check_row__kind="heartbeat"),
        CheckResult.objects.filter(at__lt=at - timedelta(days=62)),
        *(CheckSpan.objects.filter(seconds=seconds, at__lt=at - kept) for seconds, kept in _SPANS.items()),
    ]
    for rows in old:
        if gone := _delete_some(rows):
            return gone
    with transaction.atomic():
        return Check.objects.filter(removed_at__isnull=False).delete()[0]


def _delete_some(rows: "QuerySet[Any]") -> int:
    ids = list(rows.order_by("id").values_list("id", flat=True)[:STEP])
    if not ids:
        return 0
    with transaction.atomic():
        return int(rows.model._base_manager.filter(id__in=ids).delete()[0])
