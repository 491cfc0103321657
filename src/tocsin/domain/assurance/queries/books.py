"""The books of all rooms side by side: alerts, groups of alerts, pages, deliveries."""

from datetime import timedelta

from tocsin.core.alarms.balance import Balance
from tocsin.domain.alerts import balance as alerts
from tocsin.domain.assurance.permissions import VIEW
from tocsin.domain.delivery.queries import Conservation, conservation
from tocsin.domain.incidents import balance as incidents
from tocsin.domain.oncall import balance as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

DAY = timedelta(days=1)


def books(actor: Actor, day: Conservation | None = None) -> list[Balance]:
    """Each unit with its own equation, in the order in which an alarm passes them. A fixed number of queries.

    Alerts: those that fire now; the rest: of the last day. `day` is the ledger of that time for who has asked already.
    """
    actor.require(VIEW)
    ledger = day or conservation(now() - DAY)
    deliveries = Balance(
        "deliveries",
        ledger.accepted,
        ledger.sent + ledger.delivered,
        ledger.failed,
        ledger.suppressed,
        ledger.in_flight,
    )
    return [alerts.balance(), incidents.balance(), oncall.balance(), deliveries]
