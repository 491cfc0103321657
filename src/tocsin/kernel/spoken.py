"""Times inside sentences of the log: kept in UTC, read on a wall. Pure.

The one form that sentences use is '2026-11-30 12:07 UTC'. What people wrote is never passed through here.
"""

import re
from collections.abc import Callable
from datetime import datetime

_SPOKEN = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d)(?: to (\d{4}-\d\d-\d\d \d\d:\d\d))? UTC\b")


def on_wall(sentence: str, say: Callable[[datetime], str], zone: Callable[[datetime], str]) -> str:
    """The sentence with each time as `say` writes it, and after it the zone's name at that time by `zone`."""

    def said(found: re.Match[str]) -> str:
        moments = [datetime.fromisoformat(f"{at}+00:00") for at in found.groups() if at]
        return f"{' to '.join(map(say, moments))} {zone(moments[-1])}"

    return _SPOKEN.sub(said, sentence)
