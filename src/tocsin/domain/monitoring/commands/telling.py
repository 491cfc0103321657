"""How a check speaks to the room of alerts: as any source does, through its inbox. One alert for each check."""

from django.conf import settings
from django.db import transaction

from tocsin.core.work import wake_engine
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts.own_signals import OwnSignal, own_signal
from tocsin.domain.monitoring.models import Check
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor, system


def alarm(actor: Actor, row: Check, answer: str) -> None:
    """Raise the check's alert, or say again that it still stands."""
    signal = OwnSignal(
        title=f"{row.name}: {answer}",
        labels=_labels(row),
        severity=Severity(row.severity),
        annotations={"description": f"Tocsin's own check {row.name} fails: {answer}"},
        url=f"{settings.PUBLIC_URL}/monitoring/checks/{row.id}/",
        service=str(row.service_id or ""),
    )
    _send(row, signal)


def all_clear(actor: Actor, row: Check) -> None:
    """End the check's alert; nothing happens when there is none."""
    _send(row, OwnSignal(title=row.name, labels=_labels(row), resolved=True))


def _labels(row: Check) -> dict[str, str]:
    labels = {"alertname": row.name, "check": str(row.id), "kind": row.kind}
    return {**labels, "target": row.target} if row.target else labels


def _send(row: Check, signal: OwnSignal) -> None:
    teller = system("monitoring.alerts")
    integration = alerts.checks_integration(teller)
    alerts.accept(teller, rows=[own_signal(integration, f"check:{row.id}", signal)])
    transaction.on_commit(wake_engine)
