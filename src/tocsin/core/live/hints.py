"""Tells screens that show many subjects that something changed; they fetch again what they may see."""

import time
from collections.abc import Awaitable, Callable, Iterable

from django.db.models import Max

from tocsin.core.events.models import Entry
from tocsin.core.live.client import Client, message
from tocsin.core.visibility import visible_to_many
from tocsin.kernel.actor import Actor

ECHO = 2.0
"""A hint is sent once more after so many seconds: an entry with a lower id may have been committed after it."""
KNOWN_FOR = 30.0
"""Seconds for which an answer of the gates is kept."""
_MOST_KNOWN = 100_000
_UNKNOWN = (False, 0.0)

Gates = Callable[[dict[Actor, set[str]]], Awaitable[dict[Actor, set[str]]]]
"""Asks the gates for many people at once: which of these streams each of them may see."""


class Hints:
    """What moved, and who may know of it."""

    def __init__(self) -> None:
        self._last_id: int | None = None
        self._echo: dict[str, float] = {}
        self._allowed: dict[tuple[Actor, str], tuple[bool, float]] = {}

    @property
    def watching(self) -> bool:
        """True once it knows from where on entries are new."""
        return self._last_id is not None

    def rest(self) -> None:
        """Nobody listens: begin anew with the next one."""
        self._last_id = None

    def forget(self) -> None:
        """Access changed somewhere: ask the gates again."""
        self._allowed = {}

    def moved(self) -> list[str]:
        """Streams with new entries since the last call. One query."""
        if self._last_id is None:
            self._last_id = Entry.objects.aggregate(last=Max("id"))["last"] or 0
            return []
        rows = list(Entry.objects.filter(id__gt=self._last_id).order_by("id").values_list("id", "stream")[:2000])
        if rows:
            self._last_id = rows[-1][0]
        return list({stream for _, stream in rows})

    async def tell(self, moved: list[str], clients: Iterable[Client], gates: Gates) -> None:
        """A hint of the kinds that moved to each client that wants one and may see one of what moved."""
        due = self._due(moved)
        if not due:
            return
        wishes = [(c, {s for s in due if s.partition(":")[0] in c.kinds}) for c in clients if c.kinds]
        await self._ask(wishes, gates)
        raws: dict[frozenset[str], bytes] = {}
        for client, wanted in wishes:
            seen = (s for s in wanted if self._allowed.get((client.actor, s), _UNKNOWN)[0])
            kinds = frozenset(stream.partition(":")[0] for stream in seen)
            if kinds and kinds not in raws:
                raws[kinds] = message("changed", {"kinds": sorted(kinds)})
            if kinds:
                client.line.write(raws[kinds])

    def _due(self, moved: list[str]) -> set[str]:
        at = time.monotonic()
        due = set(moved) | {s for s, when in self._echo.items() if when <= at}
        self._echo = {s: when for s, when in self._echo.items() if when > at} | dict.fromkeys(moved, at + ECHO)
        return due

    async def _ask(self, wishes: list[tuple[Client, set[str]]], gates: Gates) -> None:
        """Ask for what is not known; an answer from before access changed is thrown away, and the echo asks again."""
        at = time.monotonic()
        if len(self._allowed) > _MOST_KNOWN:
            self.forget()
        asked: dict[Actor, set[str]] = {}
        for client, wanted in wishes:
            unknown = {s for s in wanted if self._allowed.get((client.actor, s), _UNKNOWN)[1] < at}
            if unknown:
                asked.setdefault(client.actor, set()).update(unknown)
        if not asked:
            return
        known = self._allowed
        found = await gates(asked)
        for actor, streams in asked.items():
            known.update({(actor, stream): (stream in found[actor], at + KNOWN_FOR) for stream in streams})


def ask_gates(asked: dict[Actor, set[str]]) -> dict[Actor, set[str]]:
    """Which of the streams each actor may see."""
    seen = visible_to_many(asked, set().union(*asked.values()))
    return {actor: streams & seen[actor] for actor, streams in asked.items()}
