"""Buttons in notifications that post by themselves, without a page: each has an address that only its reader knows.

The address is its own proof: it carries a mark over the delivery and the verb. Works for 24 hours; pressing it twice
changes nothing more.
"""

from collections.abc import Callable
from hmac import compare_digest

from django.utils.crypto import salted_hmac

from tocsin.domain.delivery.brief import said_back
from tocsin.domain.delivery.commands.replies import ANSWERED_WITHIN, answer_delivery, said_in
from tocsin.domain.delivery.doors import Back, Knock, Verb, door_url, register_door
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied

DOOR = "button"
_SELF = system("button")
Form = Callable[[str, bool], Back]
"""How the sentence is told, given whether it is an answer and not a refusal."""


def button_url(delivery_id: str, verb: Verb, *, door: str = DOOR) -> str:
    """Where the button of this delivery posts to."""
    return door_url(door, f"{delivery_id}/{verb}/{_mark(delivery_id, verb, door)}")


class ButtonDoor:
    """A way in for buttons. A vendor whose answers have a form of their own registers one with its `form`."""

    def __init__(self, form: Form, *, door: str) -> None:
        self._form, self._door = form, door

    def hear(self, knock: Knock) -> Back:
        """Check the mark, then answer the message, and say what came of it in its reader's language."""
        delivery, _, rest = knock.path.partition("/")
        word, _, mark = rest.partition("/")
        known = word in set(Verb) and compare_digest(mark.encode(), _mark(delivery, word, self._door).encode())
        if not known:
            raise Denied("This is no button of ours.")
        said = said_in(_SELF, delivery_id=delivery)
        if now() - said.delivery.created_at > ANSWERED_WITHIN:
            raise Conflict("This button is more than 24 h old; open the newest message, or sign in.")
        via = f"button in {said.delivery.word}"
        found = answer_delivery(_SELF, delivery_id=delivery, verb=Verb(word), via=via)
        return self._form(said_back(found, said.message.language), found.state != "refused")


def _plain(sentence: str, done: bool) -> Back:
    return Back(200 if done else 409, sentence.encode())


def _mark(delivery_id: str, verb: str, door: str) -> str:
    return salted_hmac(f"delivery.{door}", f"{delivery_id}.{verb}", algorithm="sha256").hexdigest()[:40]


register_door(DOOR, ButtonDoor(_plain, door=DOOR))
