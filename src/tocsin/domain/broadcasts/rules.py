"""What a staff alert may say and when it asks again. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.kernel.business_time import wall_instant, zone_of
from tocsin.kernel.errors import Invalid

ACKNOWLEDGED = "I have read it"
"""The one answer of an alert that asks nothing."""
MOST_ANSWERS = 4
MOST_WAVES = 20
MOST_WEEKS = 52
SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=24)
STATES = ("waiting", "answered", "unreachable")


def clean_answers(question: str, answers: Sequence[str]) -> list[str]:
    """The words to choose from: two to four for a question, one without. Raises `Invalid`."""
    found = list(dict.fromkeys(" ".join(a.replace("\0", "").split()) for a in answers if a.strip()))
    if not question:
        return [ACKNOWLEDGED]
    if not 2 <= len(found) <= MOST_ANSWERS:
        raise Invalid(f"answers: give two to {MOST_ANSWERS} different answers to the question.", field="answers")
    if any(len(answer) > 60 for answer in found):
        raise Invalid("answers: write at most 60 characters for each.", field="answers")
    return found


def clean_repeat(weeks: int, *, practice: bool, incident: str) -> int:
    """How many weeks later a drill comes again; 0: never. Raises `Invalid`."""
    if not 0 <= weeks <= MOST_WEEKS:
        raise Invalid(f"repeat_weeks: choose 1 to {MOST_WEEKS} weeks, or none.", field="repeat_weeks")
    if weeks and not practice:
        raise Invalid("repeat_weeks: only a drill comes again; say that it is one.", field="repeat_weeks")
    if weeks and incident:
        raise Invalid("incident: a drill that comes again is about no incident; leave it empty.", field="incident")
    return weeks


def next_time(last: datetime, weeks: int, zone: str, now: datetime) -> datetime:
    """The next of times that are `weeks` apart at the same hour on the wall of `zone`; what is past is left out."""
    local = last.astimezone(zone_of(zone)).replace(tzinfo=None)
    while True:
        local += timedelta(weeks=weeks)
        at = wall_instant(zone, local)
        if at > now:
            return at


def clean_rhythm(every: timedelta | None, most: int) -> tuple[int, int]:
    """Seconds between two waves and how many waves at most. Raises `Invalid`."""
    if not 1 <= most <= MOST_WAVES:
        raise Invalid(f"most: choose 1 to {MOST_WAVES}.", field="most")
    if most == 1:
        return 0, 1
    if every is None or not SHORTEST <= every <= LONGEST:
        raise Invalid("every: choose a time from 1 minute to 24 hours.", field="every")
    return int(every.total_seconds()), most
