"""`tocsin apply` and `tocsin export`: the organisation as a file, under version control.

Hides how a file is read and its difference shown; `tocsin.cli.organisation` knows what an organisation is.
"""

from pathlib import Path

import click

from tocsin.cli.house import operator, says_refusals
from tocsin.cli.organisation import apply_changes, as_yaml, difference


@click.command()
@click.option("-f", "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@says_refusals
def apply(file: Path, *, yes: bool) -> None:
    """Make the organisation what FILE says: services, people, schedules, policies, routes, integrations."""
    text = file.read_text(encoding="utf-8")
    changes = difference(operator(), text)
    if not changes:
        click.echo("Nothing to change.")
        return
    for change in changes:
        click.echo(str(change))
    if yes or click.confirm("Apply?", default=False):
        apply_changes(operator(), text)
        click.echo(f"Applied {len(changes)} changes.")


@click.group()
def export() -> None:
    """Write the organisation to a file."""


@export.command()
@says_refusals
def config() -> None:
    """Write the organisation as YAML that `tocsin apply -f` takes."""
    click.echo(as_yaml(operator()), nl=False)
