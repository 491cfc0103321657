"""Under whose name this room acts, and the calendars that its clocks count in."""

from collections.abc import Iterable, Mapping

from tocsin.domain.accounts.queries import organisation
from tocsin.domain.accounts.rules import WEEKDAYS, calendar
from tocsin.domain.obligations.rules.regimes import Clocks
from tocsin.kernel.actor import system
from tocsin.kernel.business_time import Calendar
from tocsin.kernel.clock import now

TOCSIN = system("obligations")


def calendars_of(book: Clocks, wanted: Iterable[str] | None = None) -> Mapping[str, Calendar]:
    """Calendars of the book by key, all or those `wanted`; under the empty key the organisation's. Two queries.

    Public holidays of a region are costly to compute the first time: ask for what counts only.
    """
    year = now().year
    made = {"": organisation().calendar}
    asked = set(book.calendars if wanted is None else wanted)
    for key, hours in book.calendars.items():
        if key in asked:
            weekly = {day: [[hours.opens, hours.closes]] for day in WEEKDAYS[:5]}
            made[key] = calendar(hours.zone, weekly, hours.closed, hours.holidays, range(year - 1, year + 4))
    return made
