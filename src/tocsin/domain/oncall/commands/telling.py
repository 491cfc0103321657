"""Tells the webhooks of a step, through the delivery room like every message: signed, tried again, accounted for."""

from django.conf import settings

from tocsin.core.log import append
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.ports import message_about
from tocsin.domain.oncall.commands.contact import subject_of
from tocsin.domain.oncall.events import NobodyToPage, Told
from tocsin.domain.oncall.models import Escalation
from tocsin.domain.oncall.rules.escalation import Decision, HookOut
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.errors import NotFound

TOLD = "escalation"


def tell_hooks(row: Escalation, decision: Decision) -> None:
    """Put each webhook of the decision out once. A repeated decision has the same keys and sends nothing twice."""
    for hook in decision.hooks:
        try:
            _tell(row, hook)
        except NotFound:
            text = f"the webhook {hook.name} is gone; the escalation went on without it."
            append(subject_of(row).stream, NobodyToPage(step=0, text=text), READER)


def escalation_of(key: str) -> str:
    """The id of the escalation whose webhook the message of this key told."""
    return key.split(":")[1]


def _tell(row: Escalation, hook: HookOut) -> None:
    subject, level = subject_of(row), Severity(row.severity)
    message = message_about(
        subject,
        title=f"{level.word}: {subject.reference} {subject.title}"[:200],
        text=row.summary,
        severity=level.value,
        url=f"{settings.PUBLIC_URL}{subject.url}" if subject.url else "",
        urgent=False,
        attributes={"type": "escalation", "reason": hook.place, "policy": row.policy.name if row.policy else ""},
    )
    delivery.send(
        READER,
        destination_id=hook.destination,
        message=message,
        subject=subject,
        purpose=TOLD,
        key=f"told:{row.id}:{hook.key}:{hook.destination[-12:]}",
    )
    told = Told(destination=hook.destination, name=hook.name, reason=hook.place)
    append(subject.stream, told, READER)
