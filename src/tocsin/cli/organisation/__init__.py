"""The organisation as code: what a file says, how that differs from what is, and the way from one to the other.

Hides the file's form. Never writes but through the rooms' commands.
"""

from collections.abc import Sequence

from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Unavailable

_NOT_HERE = "This version cannot read or write the organisation as a file; use the settings pages."


def difference(actor: Actor, text: str) -> Sequence[object]:
    """What applying `text` (YAML) would change, in order, each printable. Raises `Invalid` naming the line."""
    raise Unavailable(_NOT_HERE)


def apply_changes(actor: Actor, text: str) -> None:
    """Make the organisation what `text` says. Repeating it changes nothing."""
    raise Unavailable(_NOT_HERE)


def as_yaml(actor: Actor) -> str:
    """The whole organisation, as `apply_changes` takes it."""
    raise Unavailable(_NOT_HERE)
