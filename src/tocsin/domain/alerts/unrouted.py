"""Sources of alerts that nothing leads anywhere: no service of their own, and no route that takes what they send."""

from dataclasses import dataclass
from datetime import timedelta

from tocsin.domain.alerts.models import AlertGroup, Integration, Route
from tocsin.domain.alerts.permissions import VIEW
from tocsin.domain.alerts.ports import CHECKS, PULSE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Unrouted:
    """A source nobody routes. `why` completes 'Alerts of <name> page the catch-all people: …'."""

    integration_id: str
    name: str
    why: str


def unrouted_integrations(actor: Actor) -> list[Unrouted]:
    """Sources without a service whose alerts no route takes, by what came in the last 14 days. Three queries."""
    actor.require(VIEW)
    rows = Integration.objects.filter(removed_at__isnull=True, service__isnull=True).exclude(kind__in=(CHECKS, PULSE))
    sources = list(rows.order_by("name", "id").values_list("id", "name"))
    if not sources:
        return []
    if not Route.objects.filter(enabled=True).exclude(service=None, policy_id="").exists():
        return [Unrouted(str(id_), name, "it has no service and there is no route") for id_, name in sources]
    groups = AlertGroup.objects.filter(integration__in=[id_ for id_, _ in sources], created_at__gte=now() - LOOKS_BACK)
    newest: dict[object, str] = dict(groups.order_by("created_at").values_list("integration_id", "unrouted"))
    return [Unrouted(str(id_), name, "no route took its newest alerts") for id_, name in sources if newest.get(id_)]
