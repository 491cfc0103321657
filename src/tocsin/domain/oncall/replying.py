"""What an answer to a page's message does, however it came back. Says it so that a phone can be told in few words."""

from tocsin.domain.delivery.doors import Answered, Verb
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall.commands.answering import acknowledge_by_message, pass_on_by_message
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.errors import Conflict


def answer(delivery: DeliveryView, verb: Verb, via: str) -> Answered:
    """Acknowledge or pass on, in the name of the person paged. The same answer twice changes nothing more."""
    reference = delivery.subject_reference
    try:
        if verb is Verb.PASS_ON:
            pass_on_by_message(READER, delivery_key=delivery.key, via=via)
            return Answered("passed", f"{reference} is passed on.", reference=reference)
        found = acknowledge_by_message(READER, delivery_key=delivery.key, via=via)
    except Conflict as refused:
        return Answered("refused", refused.sentence, reference=reference)
    return Answered(found.state, found.sentence, by=found.by, reference=reference)
