"""Saved views as tables know them: a name for a filter and an order, kept by whoever registers the keeping.

Hides where they are kept. Without a registered keeper tables show none and offer none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Saved:
    """One view of a table. `mine` False: a team of mine shares it, its name in `team`."""

    id: str
    name: str
    query: str
    mine: bool = True
    team: str = ""
    default: bool = False


class OpensWithDefault(Exception):
    """The person's default view of the table that was asked for; `ScreenMiddleware` leads to its address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


Keeper = Callable[[Actor, str], Sequence[Saved]]
_keepers: list[Keeper] = []


def register_saved_views(keeper: Keeper) -> None:
    """`keeper(actor, table)` gives the views that this actor has of the table: at most one query."""
    _keepers[:] = [keeper]


def saved_views(actor: Actor, table: str) -> Sequence[Saved]:
    """The views of this table; none for who has not signed in."""
    return _keepers[0](actor, table) if _keepers and actor.person else ()
