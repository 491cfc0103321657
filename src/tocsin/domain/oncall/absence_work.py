"""The job of reading one person's calendar: its name and what it carries."""

import msgspec

FETCH = "oncall.read_absences"


class Fetch(msgspec.Struct, frozen=True):
    """Which calendar."""

    feed: str
