"""How long what people say may be, and for how long they may correct it. Pure."""

from datetime import datetime, timedelta

LONGEST = 20_000
"""Characters of a note or decision: some four hundred lines of pasted output. More belongs into a file."""
CORRECTABLE = timedelta(minutes=15)
"""After this others have acted on what was said; then only another word puts it right."""
TELL_AGAIN = timedelta(hours=1)
"""Who was told of a mention is not told of the next one of the same incident before this has passed."""


def may_correct(written_at: datetime, now: datetime) -> bool:
    """Whether the author may still correct a note or take it back."""
    return now - written_at < CORRECTABLE


def may_tell(told_at: datetime | None, now: datetime) -> bool:
    """Whether a person may be told of a mention (again)."""
    return told_at is None or now - told_at >= TELL_AGAIN
