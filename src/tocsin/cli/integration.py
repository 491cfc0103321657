"""`tocsin integration`: connects a source of alerts from the command line.

Hides nothing: the commands of the alerts room do the work.
"""

import click

from tocsin.cli.house import operator, says_refusals
from tocsin.domain.alerts import commands as alerts


@click.group()
def integration() -> None:
    """Connect a source of alerts."""


@integration.command("add")
@click.argument("kind")
@click.option("--service", help="Service its alerts are about, by short name (slug); without, routes decide.")
@click.option("--name", default="", help="As others shall read it; default its kind and service.")
@says_refusals
def add_integration(kind: str, service: str | None, name: str) -> None:
    """Add an integration of KIND (prometheus, pagerduty, ...) and print its address and key."""
    made = alerts.add_integration(operator(), kind=kind, service=service, name=name or _name(kind, service))
    click.echo(f"url {made.url}")
    click.echo(f"key {made.key}")


def _name(kind: str, service: str | None) -> str:
    return f"{kind} for {service}" if service else kind
