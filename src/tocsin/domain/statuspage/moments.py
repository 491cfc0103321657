"""Dates and times as the page writes them: in its own zone, always named, in the language that is active."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext


def local(at: datetime, zone: str) -> datetime:
    """The instant on the page's wall clock."""
    return at.astimezone(ZoneInfo(zone))


def clock(at: datetime, zone: str) -> str:
    """`02:57 CET`."""
    here = local(at, zone)
    return f"{here:%H:%M} {_zone_name(here)}"


def day(at: date) -> str:
    """`27 October`, or with the year in the order of the language."""
    return date_format(at, "j F")


def full_day(at: date) -> str:
    """`27 October 2026`."""
    return date_format(at, "j F Y")


def moment(at: datetime, zone: str) -> str:
    """`27 October, 02:57 CET`."""
    return gettext("%(day)s, %(time)s") % {"day": day(local(at, zone).date()), "time": clock(at, zone)}


def window(begin: datetime | None, end: datetime | None, zone: str) -> str:
    """`27 October, 02:00 to 04:00 CET`, or with both days when it ends on another."""
    if begin is None or end is None:
        return ""
    first, last = local(begin, zone), local(end, zone)
    if first.date() == last.date():
        said = gettext("%(day)s, %(begin)s to %(end)s")
        return said % {"day": day(first.date()), "begin": f"{first:%H:%M}", "end": clock(end, zone)}
    return gettext("%(begin)s to %(end)s") % {"begin": moment(begin, zone), "end": moment(end, zone)}


def _zone_name(here: datetime) -> str:
    name = here.tzname() or "UTC"
    # Zones without letters are named by their distance: '+03' says little beside a time.
    return f"UTC{name}" if name[:1] in "+-" else name
