"""Names and payloads of this room's jobs."""

from datetime import timedelta

import msgspec

from tocsin.core.work import enqueue
from tocsin.kernel.clock import now

AUDIT = "assurance.audit_soon"
KNOCK = "assurance.pulse_knock"
GROUP = "assurance.pulse_group"
ESCALATE = "assurance.pulse_escalate"
CHECK = "assurance.pulse_check"
HEARTBEAT = "assurance.heartbeat"
SOON = timedelta(seconds=3)
"""Several changes in a row are looked at once."""


class Audit(msgspec.Struct):
    """Payload of the audit after a change; it looks at everything."""


def audit_soon() -> None:
    """Have the audit look within seconds. In the caller's transaction; asked again, it stays one job."""
    enqueue(AUDIT, Audit(), key="audit", due=now() + SOON)


class OnTheWay(msgspec.Struct):
    """Payload of each stage of a pulse: its id."""

    pulse: str
