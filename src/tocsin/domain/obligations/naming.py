"""Under whose name this room acts, and the calendars that its clocks count in."""

from collections.abc import Mapping

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.accounts.rules import WEEKDAYS, calendar
from tocsin.domain.obligations.rules.regimes import Clocks
from tocsin.kernel.actor import system
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.clock import now

TOCSIN = system("obligations")


def calendars_of(book: Clocks) -> Mapping[str, Calendar]:
    """Every calendar of the book by its key; under the empty key the organisation's. Two queries."""
    year = now().year
    made = {"": organisation().calendar}
    for key, hours in book.calendars.items():
        weekly = {day: [[hours.opens, hours.closes]] for day in WEEKDAYS[:5]}
        made[key] = calendar(hours.zone, weekly, hours.closed, hours.holidays, range(year - 1, year + 4))
    return made
