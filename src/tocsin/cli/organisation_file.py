"""`tocsin apply` and `tocsin export`: the organisation as a file, under version control.

Hides how a file is read and its difference shown; `tocsin.cli.organisation` knows what an organisation is.
"""

from typing import TextIO

import click

from tocsin.cli.house import operator, says_refusals
from tocsin.cli.organisation import apply_changes, as_yaml, difference
from tocsin.cli.status_page import statuspage


@click.command()
@click.option("-f", "--file", type=click.File(encoding="utf-8"), required=True, help="YAML; `-` reads standard input.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--remove", is_flag=True, help="Also remove what the file's sections leave out (people never).")
@says_refusals
def apply(file: TextIO, *, yes: bool, dry_run: bool, remove: bool) -> None:
    """Make the organisation what FILE says: people, services, schedules, policies, response teams and the rest."""
    text = file.read()
    changes = difference(operator(), text, remove=remove)
    if not changes:
        click.echo("Nothing to change.")
        return
    for change in changes:
        click.echo(str(change))
    if dry_run:
        click.echo(f"{_counted(len(changes))} to make; nothing was done.")
    elif yes or click.confirm("Apply?", default=False):
        done = apply_changes(operator(), text, remove=remove)
        click.echo(f"Applied {_counted(len(done))}.")


def _counted(number: int) -> str:
    return "1 change" if number == 1 else f"{number} changes"


@click.group()
def export() -> None:
    """Write the organisation to a file, or the status page to a folder."""


export.add_command(statuspage)


@export.command()
@says_refusals
def config() -> None:
    """Write the organisation as YAML that `tocsin apply -f` takes."""
    click.echo(as_yaml(operator()), nl=False)
