"""What answers and failures of pages do to staff alerts."""

from tocsin.core.log import Recorded, reaction
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.broadcasts import rules
from tocsin.domain.broadcasts.commands.alerting import answer, unreachable
from tocsin.domain.broadcasts.naming import found
from tocsin.domain.oncall import events as oncall
from tocsin.kernel.errors import Refused


@reaction(oncall.Acknowledged, name="broadcasts.acknowledged")
def acknowledged(recorded: Recorded[oncall.Acknowledged]) -> None:
    """A reply or key press says 'read': an answer, unless the alert asks a question."""
    if not recorded.stream.startswith("staff_alert:"):
        return
    row = found(recorded.subject_id)
    if row is None or row.question:
        return
    person, via = recorded.event.person, recorded.event.via
    try:
        answer(actor_of(person), alert=recorded.subject_id, value=rules.ACKNOWLEDGED, via=via)
    except Refused:
        return


@reaction(oncall.NobodyToPage, name="broadcasts.not_reached")
def not_reached(recorded: Recorded[oncall.NobodyToPage]) -> None:
    """No message to a person got through."""
    if recorded.stream.startswith("staff_alert:") and recorded.event.person:
        unreachable(recorded.subject_id, recorded.event.person)
