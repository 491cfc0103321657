"""One sentence for each part: what the figures say, in words that a manager can repeat. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tocsin.domain.insights.rules.figures import Spread, busiest, share
from tocsin.domain.insights.rules.hours import Load
from tocsin.kernel.durations import human_duration


def took(seconds: float | None) -> str:
    """`"2 min 10 s"`; from one hour on without seconds. Cut off, not rounded, as the figures beside it are."""
    return "none" if seconds is None else human_duration(timedelta(seconds=seconds))


def response(acknowledge: Spread, resolve: Spread) -> str:
    """How fast incidents are taken and ended."""
    if not acknowledge.count:
        return "No incident of this time was acknowledged."
    half, most = took(acknowledge.median), took(acknowledge.p90)
    said = f"Half of the incidents were acknowledged within {half}, nine of ten within {most}"
    return f"{said}; half were resolved within {took(resolve.median)}." if resolve.count else f"{said}."


def incidents(total: int, worst: int, before: Sequence[int]) -> str:
    """How many there were, and where they went up."""
    if not total:
        return "There was no incident."
    word = "incident" if total == 1 else "incidents"
    said = f"{total:,} {word}, {worst:,} of them Critical or High"
    if len(before) >= 4:
        half = len(before) // 2
        early, late = sum(before[:half]), sum(before[-half:])
        if early != late:
            return f"{said}; {'more' if late > early else 'fewer'} in the second half ({late} after {early})."
    return f"{said}."


def promises(due: int, in_time: int, worst: tuple[str, float] | None) -> str:
    """Which promises are kept."""
    if not due:
        return "Nothing was due."
    said = f"{in_time:,} of {due:,} deadlines were met in time ({_percent(share(in_time, due))})"
    return f"{said}; the one missed most is '{worst[0]}' ({_percent(worst[1])} in time)." if worst else f"{said}."


def pages(loads: Mapping[str, Load]) -> str:
    """How often people were called, and how often out of their own time."""
    whole = sum(load.pages for load in loads.values())
    if not whole:
        return "Nobody was paged."
    nights, out = sum(load.nights for load in loads.values()), sum(load.interruptions for load in loads.values())
    word = "page" if whole == 1 else "pages"
    return (
        f"{whole:,} {word}, {_percent(share(out, whole))} outside of working hours and "
        f"{_percent(share(nights, whole))} at night (22 to 7)."
    )


def rotation(pages_of: Mapping[str, float], hours_of: Mapping[str, float]) -> str:
    """Who carries most of a rotation."""
    if len(hours_of) < 2:
        return "One person carries all of it." if hours_of else "Nobody is in it."
    by_pages, by_hours = busiest(pages_of), busiest(hours_of)
    if by_pages is not None and by_pages[1] >= 1.25:
        return f"{by_pages[0]} got {by_pages[1]:.1f} times the pages of an even share."
    if by_hours is not None and by_hours[1] >= 1.25:
        return f"{by_hours[0]} was on call {by_hours[1]:.1f} times as long as an even share."
    return "Hours and pages are spread evenly."


def noise(alerts: int, untouched: int, loudest: tuple[str, int] | None) -> str:
    """How much of what rings is worth ringing."""
    if not alerts or loudest is None:
        return "There was no alert."
    name, most = loudest
    word = "alert" if alerts == 1 else "alerts"
    return (
        f"{alerts:,} {word}, {_percent(share(untouched, alerts))} of them never acted upon; "
        f"{name} sent {_percent(share(most, alerts))} of all."
    )


def _percent(part: float) -> str:
    return f"{part * 100:.0f}\N{NO-BREAK SPACE}%"
