"""The organisation as code: what a file says, how that differs from what is, and the way from one to the other.

Hides the file's form. Never writes but through the rooms' commands.
"""

from typing import Any

import msgspec
import yaml

from tocsin.cli.organisation.applying import run, without_secrets
from tocsin.cli.organisation.applying import take_out as take_out_of
from tocsin.cli.organisation.differing import Change
from tocsin.cli.organisation.reading import read
from tocsin.kernel.actor import Actor

__all__ = ["Change", "apply_changes", "as_yaml", "difference", "take_out"]

_HEAD = (
    "# The organisation as `tocsin apply -f` takes it. Keys of integrations and contact methods whose address\n"
    "# is a secret are not in it: they stay as they are, and new integrations get new keys.\n"
)


def difference(actor: Actor, text: str, *, remove: bool = False) -> list[Change]:
    """What applying `text` (YAML) would change, in order, each printable. Raises `Invalid` with all problems."""
    return run(actor, read(text), remove=remove, rehearse=True)


def apply_changes(actor: Actor, text: str, *, remove: bool = False) -> list[Change]:
    """Make the organisation what `text` says, all or nothing. Repeating it changes nothing.

    What the file leaves out stays; with `remove`, entries that a section of it leaves out go (people never).
    """
    return run(actor, read(text), remove=remove, rehearse=False)


def take_out(actor: Actor, text: str) -> list[str]:
    """Remove what `text` names and deactivate its people; what had to stay because others need it, a sentence each."""
    return take_out_of(actor, read(text))


def as_yaml(actor: Actor) -> str:
    """The whole organisation, as `apply_changes` takes it, without secrets."""
    content: dict[str, Any] = msgspec.to_builtins(without_secrets(actor))
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
