"""Opens the house for a command: Django ready, refusals turned into one sentence, the operator as the actor.

Hides how Django is started. Never imports a room, and Django itself only when a command asks for it.
"""

import getpass
import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import ParamSpec, TypeVar

import click

from tocsin.kernel.actor import ALL_ROLES, Actor
from tocsin.kernel.errors import Refused
from tocsin.project.home import BadSetting

P = ParamSpec("P")
R = TypeVar("R")


def open_house() -> None:
    """Start Django with the settings of the environment. Bad settings end the program with their sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.project.settings")
    try:
        import_module("django").setup()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error
    import_module("tocsin.project.checks")


def operator() -> Actor:
    """Whoever sits at this machine: bound by no role, and named in the log by the account on it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"account {os.getuid()}"
    return Actor(id=f"system:command-line/{name}", name=f"{name} on the command line", roles=ALL_ROLES)


def says_refusals(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a refused command prints its sentence and ends with code 1 instead of a traceback."""

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (Refused, BadSetting) as error:
            raise click.ClickException(str(error)) from error

    return inner
