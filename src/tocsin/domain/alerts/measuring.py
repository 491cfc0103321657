"""How noisy sources and rules are, counted by the database over any number of alerts. Reads only.

Alerts of restricted incidents are left out for those who may not see them; so are rows that retention took away.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from tocsin.domain.alerts.models import Alert, Integration
from tocsin.domain.alerts.permissions import VIEW
from tocsin.domain.alerts.ports import hidden_groups
from tocsin.kernel.actor import Actor

SHORT = timedelta(minutes=5)
"""An alert that is over by itself before anybody could have acted."""
MOST = 200
Taken = Collection[Any] | QuerySet[Any]
"""Ids of groups that somebody took elsewhere; a subquery of a higher room costs no query."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Alerts of one source (and rule): how many, of these acknowledged (itself, or what it belongs to), over within
    five minutes without a hand, and never acted upon (over, or still there, without anybody having taken them).
    """

    integration_id: str
    integration: str
    rule: str
    alerts: int
    acknowledged: int
    short: int
    untouched: int


def noise_by_source(
    actor: Actor, since: datetime, until: datetime, *, services: Collection[str] | None = None, taken: Taken = ()
) -> list[Noise]:
    """By source, the noisiest first. Two queries, and one for each room that hides groups."""
    return _counted(_alerts(actor, since, until, services), taken, "integration_id")


def noise_by_rule(
    actor: Actor, since: datetime, until: datetime, *, services: Collection[str] | None = None, taken: Taken = ()
) -> list[Noise]:
    """By source and rule (the label `alertname`, else the title), the noisiest first. Queries as above."""
    rows = _alerts(actor, since, until, services)
    named = rows.annotate(rule=Coalesce(KT("labels__alertname"), F("title")))
    return _counted(named, taken, "integration_id", "rule")


def _alerts(actor: Actor, since: datetime, until: datetime, services: Collection[str] | None) -> QuerySet[Alert]:
    actor.require(VIEW)
    rows = Alert.objects.filter(starts_at__gte=since, starts_at__lt=until)
    hidden = hidden_groups(actor)
    if hidden:
        rows = rows.exclude(group_id__in=[UUID(id_) for id_ in hidden])
    return rows if services is None else rows.filter(service_id__in=list(services))


def _counted(rows: QuerySet[Any], taken: Taken, *keys: str) -> list[Noise]:
    lasted = ExpressionWrapper(F("resolved_at") - F("starts_at"), output_field=DurationField())
    alone = Q(acknowledged_at__isnull=True) & ~Q(group_id__in=taken)
    brief = alone & Q(resolved_at__isnull=False) & Q(lasted__lte=Value(SHORT, DurationField()))
    counted = (
        rows.annotate(lasted=lasted)
        .order_by()
        .values(*keys)
        .annotate(
            n=Count("id"),
            acted=Count("id", filter=~alone),
            short=Count("id", filter=brief),
            untouched=Count("id", filter=alone),
        )
        .order_by("-n", *keys)[:MOST]
    )
    found = list(counted)
    names = dict(Integration.objects.filter(id__in={row["integration_id"] for row in found}).values_list("id", "name"))
    return [
        Noise(
            integration_id=str(row["integration_id"]),
            integration=names.get(row["integration_id"], ""),
            rule=str(row.get("rule", "")),
            alerts=row["n"],
            acknowledged=row["acted"],
            short=row["short"],
            untouched=row["untouched"],
        )
        for row in found
    ]
