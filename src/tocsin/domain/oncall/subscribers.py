"""What paging does when deliveries succeed or fail. Registers the check right before a page is sent."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.delivery.doors import register_answering
from tocsin.domain.delivery.events import Delayed, Delivered, Failed, Sent, Suppressed, Unknown
from tocsin.domain.delivery.ports import register_recheck
from tocsin.domain.oncall.commands.clearing import owe_taken
from tocsin.domain.oncall.commands.contact import PURPOSE
from tocsin.domain.oncall.commands.failing import record_outcome
from tocsin.domain.oncall.events import Acknowledged
from tocsin.domain.oncall.recheck import still_over, still_taken, still_wanted
from tocsin.domain.oncall.replying import answer
from tocsin.domain.oncall.rules.ending import PURPOSE as PURPOSE_OVER
from tocsin.domain.oncall.rules.ending import PURPOSE_TAKEN

register_recheck(PURPOSE, still_wanted)
register_recheck(PURPOSE_OVER, still_over)
register_recheck(PURPOSE_TAKEN, still_taken)
register_answering(PURPOSE, answer)


@reaction(Acknowledged, name="oncall.taken")
def taken(recorded: Recorded[Acknowledged]) -> None:
    """Somebody has it: what others have of it in a chat says so. An answer to a personal call takes it from nobody,
    unless one answer was enough for several calls.
    """
    event = recorded.event
    if event.person and (event.shared or not event.joined):
        only = event.shared if event.joined else ()
        owe_taken(recorded.stream, by=event.person_name, holder=event.person, shared=only)


@reaction(Sent, Delivered, Failed, Unknown, Suppressed, Delayed, name="oncall.outcome")
def outcome(recorded: Recorded[Any]) -> None:
    """Go on at once when a message of a page did not get through."""
    event = recorded.event
    if event.purpose == PURPOSE:
        record_outcome(event.key, recorded.type.rpartition(".")[2], event.answer)
