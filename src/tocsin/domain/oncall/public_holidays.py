"""Public holidays of a country or a part of it, as dates for the rules and as names for people.

Hides the library and its codes. A region is a country, or a country and its part: DE, DE-BY, US-CA.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

from tocsin.kernel.errors import Invalid

LONGEST_SPAN = 400


def clean_region(text: str, *, field: str = "holiday_region") -> str:
    """The region in capitals, or empty. Raises `Invalid` naming the parts there are for one that is not known."""
    region = text.strip().upper()
    if not region:
        return ""
    country, _, part = region.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise Invalid(
            f"{field}: '{text.strip()}' is not known; write a country, or a country and its part: DE, DE-BY, US-CA.",
            field=field,
        )
    if part and part not in known[country]:
        parts = ", ".join(known[country][:20]) or "none"
        raise Invalid(f"{field}: {country} has no part '{part}'; its parts are {parts}.", field=field)
    return region


@lru_cache(maxsize=64)
def days_off(region: str) -> holidays.HolidayBase:
    """Something that knows of any date whether it is a public holiday of `region`, and its name. None for no region.

    Raises `Invalid` for a region that is not known. Years are worked out when they are first asked for.
    """
    country, _, part = clean_region(region).partition("-")
    own = holidays.country_holidays(country).default_language
    # Without a language the library takes the one of the machine, if it has it.
    return holidays.country_holidays(country, subdiv=part or None, language=own)


def named(region: str, first: date, last: date) -> dict[date, str]:
    """The public holidays of a region from `first` to `last`, at most 400 days, with the country's own name."""
    if not region:
        return {}
    known = days_off(region)
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, LONGEST_SPAN))]
    return {day: known[day] for day in days if day in known}
