"""An inhibition, a maintenance window, and a signal that could not be read."""

from datetime import timedelta
from typing import Any

from tocsin.domain.alerts import commands
from tocsin.domain.alerts.ports import Accepted
from tocsin.domain.alerts.queries import dead_signals, integrations
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

HOUSE = system("test")


def make(world: Any) -> dict[str, str]:
    """Their ids."""
    source = integrations(HOUSE)[0].id
    commands.bury_accepted(HOUSE, row=Accepted(source, "generic", 0, "0" * 64, b"{}"), error="no title")
    inhibition = commands.save_inhibition(HOUSE, name="Down", source="alertname=HostDown", target="alertname=Slow")
    window = commands.save_maintenance(
        HOUSE, name="Move", starts_at=now() + timedelta(days=1), lasts=timedelta(hours=1), matchers="alertname=Slow"
    )
    return {"inhibition_id": inhibition, "window_id": window, "letter_id": str(dead_signals(HOUSE)[0].id)}
