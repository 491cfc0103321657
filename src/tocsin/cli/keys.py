"""`tocsin keys`: the keys under which secrets are sealed and the log is signed, renewed while everything runs.

Hides nothing: `core.secrets` does the work. Never prints a key.
"""

import click

from tocsin.cli.house import says_refusals
from tocsin.core.secrets import renewing
from tocsin.core.secrets.keyring import keyring


@click.group()
def keys() -> None:
    """Renew the keys that seal secrets and sign the log."""


@keys.command("list")
@says_refusals
def show() -> None:
    """Name the keys, and how much is sealed under each."""
    ring = keyring()
    for name in ring.sealing:
        note = "current" if name == ring.current else "earlier"
        click.echo(f"{name}  sealing  {note}  {renewing.sealed_under(name)} texts")
    for name in ring.public_keys:
        click.echo(f"{name}  signing  {'current' if name == ring.signing_name else 'verifies only'}")


@keys.command("renew")
@click.option("--again", is_flag=True, help="Only seal anew what an interrupted renewal left, without new keys.")
@says_refusals
def renew(*, again: bool) -> None:
    """Make new keys and seal everything under them. Earlier keys stay until they are retired."""
    count = renewing.seal_anew() if again else renewing.renew_keys()
    click.echo(f"{count} texts sealed under {keyring().current}.")


@keys.command("retire")
@click.argument("name")
@says_refusals
def retire(name: str) -> None:
    """Forget the earlier sealing key NAME, once nothing needs it. Backups keep the keys they were made with."""
    renewing.retire(name)
    click.echo(f"{name} is gone.")
