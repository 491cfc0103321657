"""What a staff alert may say and when it asks again. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from tocsin.kernel.errors import Invalid

ACKNOWLEDGED = "I have read it"
"""The one answer of an alert that asks nothing."""
MOST_ANSWERS = 4
MOST_WAVES = 20
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


def clean_rhythm(every: timedelta | None, most: int) -> tuple[int, int]:
    """Seconds between two waves and how many waves at most. Raises `Invalid`."""
    if not 1 <= most <= MOST_WAVES:
        raise Invalid(f"most: choose 1 to {MOST_WAVES}.", field="most")
    if most == 1:
        return 0, 1
    if every is None or not SHORTEST <= every <= LONGEST:
        raise Invalid("every: choose a time from 1 minute to 24 hours.", field="every")
    return int(every.total_seconds()), most
