"""Payloads of this room's jobs, and how they are put into the outbox. Runs nothing."""

from datetime import datetime

import msgspec

from tocsin.core.work import cancel, enqueue

RENDER, TURN, TELL, ASK = "statuspage.render", "statuspage.turn", "statuspage.tell", "statuspage.ask"


class Render(msgspec.Struct):
    """Payload: nothing; what is to be made is read when it is made."""


class Turn(msgspec.Struct):
    """Payload: the maintenance, and the state that it is time for."""

    incident: str
    to: str


class Tell(msgspec.Struct):
    """Payload: the update, and the last subscriber who was told ('' for none yet)."""

    update: str
    after: str = ""


def render_soon() -> None:
    """Make the files anew; several changes at once make one job."""
    enqueue(RENDER, Render(), key="page")


def turn_at(incident: str, to: str, due: datetime) -> None:
    """Move the maintenance to a state at its time; the same again moves the timer."""
    enqueue(TURN, Turn(incident=incident, to=to), key=f"{incident}:{to}", due=due)


def turn_no_more(incident: str, *states: str) -> None:
    """Take the timers back."""
    for state in states:
        cancel(TURN, f"{incident}:{state}")


def tell_next(update: str, after: str = "") -> None:
    """Tell the next slice of subscribers."""
    enqueue(TELL, Tell(update=update, after=after), key=update)
