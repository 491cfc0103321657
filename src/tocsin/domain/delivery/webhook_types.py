"""Which events webhooks may hear, and whether anybody does: asked as each event is written.

Hides the rooms that are offered and a short memory of what is subscribed. Never writes.
"""

import time
from collections.abc import Iterable, Sequence

from tocsin.core.log import registered
from tocsin.domain.delivery.models import Webhook
from tocsin.kernel.errors import Invalid

OFFERED = ("incidents", "alerts", "oncall", "monitoring", "catalog", "knowledge", "statuspage")
"""Rooms whose events can be heard. Not offered: people's data (accounts), and what the posts themselves cause."""
REMEMBERED = 2.0
"""Seconds for which a process trusts what it knows: a new webhook hears events from then on."""
_known: tuple[float, frozenset[str]] | None = None


def offered() -> list[str]:
    """Every event type that can be heard, by name."""
    return sorted(name for name in registered() if name.partition(".")[0] in OFFERED)


def clean(types: Sequence[str]) -> list[str]:
    """The wishes, sorted: names of events, `room.*` or `*`. Raises `Invalid` naming the one that is unknown."""
    wishes = sorted({wish.strip() for wish in types if wish.strip()})
    if not wishes:
        raise Invalid("types: choose at least one kind of event, or * for all.", field="types")
    known = {*offered(), "*", *(f"{room}.*" for room in OFFERED)}
    for wish in wishes:
        if wish not in known:
            raise Invalid(f"types: there is no event '{wish}' to hear; write one like incidents.*", field="types")
    return wishes


def hears(wishes: Iterable[str], type_name: str) -> bool:
    """True when one of the wishes covers this type."""
    room = type_name.partition(".")[0]
    return room in OFFERED and any(wish in ("*", f"{room}.*", type_name) for wish in wishes)


def anybody_hears(type_name: str) -> bool:
    """True when a webhook wants events of this type. At most one query in two seconds."""
    global _known
    if _known is None or time.monotonic() - _known[0] > REMEMBERED:
        lists = Webhook.objects.values_list("types", flat=True)
        _known = (time.monotonic(), frozenset(wish for wishes in lists for wish in wishes))
    return hears(_known[1], type_name)


def forget() -> None:
    """Ask the store again at the next event: something was subscribed in this process."""
    global _known
    _known = None
