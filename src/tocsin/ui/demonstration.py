"""The demo organisation as screens know it: whether it is there, and how to be rid of it.

Hides what it is made of: whoever brings one registers it. Without one, no screen mentions it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demo organisation. `present` costs one query; `goes` lists what a removal takes away ('9 services'); `remove`
    returns a sentence for each thing that stayed.
    """

    name: str
    present: Callable[[], bool]
    goes: Callable[[Actor], list[str]]
    remove: Callable[[Actor], list[str]]


_registered: list[Demonstration] = []


def register_demonstration(demonstration: Demonstration) -> None:
    """Make the demo known to the screens; a second one takes the place of the first."""
    _registered[:] = [demonstration]


def demonstration() -> Demonstration | None:
    """The demo that is in the house now; None when there is none (any more). One query at most."""
    return next((each for each in _registered if each.present()), None)
