"""`tocsin demo`: loads the demo organisation into an empty house, and takes it out again.

Hides nothing: `tocsin.cli.demo` does the work.
"""

import click

from tocsin.cli import demo as harbour_market
from tocsin.cli.house import says_refusals


@click.group()
def demo() -> None:
    """Load a demo organisation, or remove it."""


@demo.command()
@says_refusals
def load() -> None:
    """Load Harbour Market, a shop with people, services, schedules and incidents. It never sends anything."""
    if harbour_market.load():
        click.echo("Loaded the demo organisation Harbour Market; `tocsin demo remove` takes it out again.")
    else:
        click.echo("Nothing to do: there are services already, or the demo was loaded before.")


@demo.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@says_refusals
def remove(*, yes: bool) -> None:
    """Close the demo's incidents, deactivate its people and remove the rest."""
    if not yes:
        click.confirm("Remove the demo organisation?", abort=True)
    for sentence in harbour_market.remove():
        click.echo(sentence)
    click.echo("The demo organisation is gone; the log keeps that it was here.")
