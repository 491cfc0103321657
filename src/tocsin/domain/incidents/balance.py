"""The books of groups of alerts: each that spoke belongs to an incident, or is about to."""

from datetime import timedelta
from uuid import UUID

from tocsin.core.alarms.balance import Balance
from tocsin.core.engine.models import Job
from tocsin.domain.alerts.balance import spoken_groups
from tocsin.domain.incidents.models import IncidentGroup
from tocsin.kernel.clock import now

LOOKS_BACK = timedelta(days=1)
_REACTION = "on:incidents.alerts_spoke"
_NAMED = 20


def balance() -> Balance:
    """Groups that spoke in the last day and still fire. Three queries."""
    groups = spoken_groups(now() - LOOKS_BACK)
    rows = IncidentGroup.objects.filter(group_id__in=[UUID(id_) for id_ in groups])
    placed = {str(id_) for id_ in rows.values_list("group_id", flat=True)}
    left = [id_ for id_ in groups if id_ not in placed]
    jobs = list(Job.objects.filter(kind=_REACTION).values_list("dead", flat=True)[:5000]) if left else []
    failed = min(len(left), sum(jobs))
    under_way = min(len(left) - failed, len(jobs) - sum(jobs))
    lost = tuple(left[: len(left) - failed - under_way][:_NAMED])
    return Balance("groups of alerts", len(groups), len(groups) - len(left), failed, 0, under_way, lost)
