"""`tocsin migrate` and `tocsin check`: the database and the settings as this version needs them.

Hides Django's management commands. Never starts a process that keeps running.
"""

import sys
from importlib import import_module
from importlib.util import find_spec

import click
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError

from tocsin.cli.house import operator, says_refusals
from tocsin.core.schema import bring_up_to_date
from tocsin.domain.accounts import commands as accounts
from tocsin.kernel.errors import Unavailable

# Pages use the htmx that Tocsin brings; the library's copies point at files that do not exist when collected.
_NOT_OURS = ["django_htmx"]


@click.command()
@click.option("--prepare", is_flag=True, help="Also collect static files and create the first administrator.")
@click.option("--demo/--no-demo", default=False, help="With --prepare: load the demo organisation into an empty house.")
@says_refusals
def migrate(*, prepare: bool, demo: bool) -> None:
    """Bring the database to this version. Safe to repeat; nothing is lost."""
    try:
        bring_up_to_date()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        mend = "correct TOCSIN_DATABASE_URL, or start the database it names"
        raise Unavailable(f"The database does not answer ({reason}); {mend}.") from error
    if not prepare:
        click.echo("The database is at this version.")
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_NOT_OURS)
    _, made = accounts.ensure_administrator(operator())
    if demo and made:
        _load_demo()


def _load_demo() -> None:
    # The demo organisation is an optional part of the installation.
    if find_spec("tocsin.cli.demo") is not None:
        import_module("tocsin.cli.demo").load()


@click.command()
@says_refusals
def check() -> None:
    """Say what is wrong with the settings and the database, each with its mend. Ends with 1 on an error."""
    try:
        call_command("check", databases=list(settings.DATABASES))
    except SystemCheckError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
