"""Looks at the queue's dead letters, and tells about every alarm that stands."""

from datetime import timedelta

from tocsin.core.alarms.standing import look
from tocsin.core.alarms.telling import tell
from tocsin.core.engine.health import dead_letters, health
from tocsin.core.work import periodic


@periodic("alarms.tell", every=timedelta(seconds=30))
def tell_about_alarms() -> int:
    """Dead letters are work that nobody will do; the rest was raised by the checks of the rooms."""
    dead = health(workers=False).dead
    newest = dead_letters(1)
    text = f"{dead} jobs were given up, the newest is {newest[0].kind}: {newest[0].last_error[:200]}" if newest else ""
    look("dead_letters", text)
    return tell()
