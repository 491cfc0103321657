"""Tells the screens of the demo organisation, which the command line brings and they may not know."""

from importlib import import_module
from importlib.util import find_spec

from tocsin.domain.accounts.permissions import MANAGE_PEOPLE
from tocsin.domain.accounts.queries import person_by_email
from tocsin.kernel.actor import Actor
from tocsin.ui.demonstration import Demonstration, register_demonstration

_ONE_OF_THEM = "amina.diallo@harbour-market.example"


def register() -> None:
    """Once, when the addresses are loaded; the demo is an optional part of the installation."""
    if find_spec("tocsin.cli.demo") is not None:
        register_demonstration(Demonstration("Harbour Market", _present, _goes, _remove))


def _present() -> bool:
    found = person_by_email(_ONE_OF_THEM)
    return found is not None and found.active


def _goes(actor: Actor) -> list[str]:
    actor.require(MANAGE_PEOPLE)
    listed: list[str] = import_module("tocsin.cli.demo").what_goes()
    return listed


def _remove(actor: Actor) -> list[str]:
    actor.require(MANAGE_PEOPLE)
    stayed: list[str] = import_module("tocsin.cli.demo").remove()
    return stayed
