"""`tocsin log`: proves that the event log is whole, in the database or in an exported file.

Hides which of the two needs Django: a file is verified without it, without settings and without a home, on any
machine. Never writes to the log.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TextIO

import click

from tocsin.cli.house import open_house, says_refusals
from tocsin.kernel.chain import Fault, verify_export
from tocsin.kernel.errors import Invalid

_SHOWN_FAULTS = 50


@click.group()
def log() -> None:
    """Verify or export the event log."""


@log.command()
@click.option("--file", "export", type=click.File(encoding="utf-8"), help="An exported log; `-` reads standard input.")
@click.option("--key", "keys", multiple=True, metavar="NAME=HEX", help="Public key to trust instead of the file's own.")
@says_refusals
def verify(export: TextIO | None, keys: tuple[str, ...]) -> None:
    """Check every entry, chain and checkpoint. Ends with 1 when anything was changed or is missing."""
    if export is None:
        found = _store().verify_log()
        _report(found.entries, found.checkpoints, found.faults)
        return
    try:
        checked = verify_export(export, dict(_trusted(key) for key in keys) or None)
    except (ValueError, KeyError) as error:
        raise Invalid(f"{export.name}: {error}") from error
    _report(checked.entries, checked.checkpoints, checked.faults)


@log.command()
@click.option("--stream", "streams", multiple=True, help="Only this stream (incident:<id>); may be repeated.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default stdout.")
@says_refusals
def export(streams: tuple[str, ...], output: Path | None) -> None:
    """Write the log as JSON lines that `tocsin log verify --file` checks without the database."""
    with click.open_file(str(output) if output else "-", "w", encoding="utf-8") as out:
        for line in _store().export_log(list(streams) or None):
            out.write(line + "\n")


def _store() -> ModuleType:
    open_house()
    return import_module("tocsin.core.events.verify")


def _trusted(pair: str) -> tuple[str, bytes]:
    name, _, text = pair.partition("=")
    try:
        return name, bytes.fromhex(text)
    except ValueError as error:
        raise Invalid(f"--key: '{pair}' is not NAME=HEX, as in the first line of an export.", field="key") from error


def _report(entries: int, checkpoints: int, faults: Sequence[Fault]) -> None:
    click.echo(f"{entries} entries, {checkpoints} checkpoints read.")
    for fault in faults[:_SHOWN_FAULTS]:
        click.echo(f"{fault.stream or 'checkpoints'}: {fault.sentence}.", err=True)
    if len(faults) > _SHOWN_FAULTS:
        click.echo(f"... and {len(faults) - _SHOWN_FAULTS} more.", err=True)
    if faults:
        click.echo(f"The log is NOT whole: {len(faults)} faults.", err=True)
        sys.exit(1)
    click.echo("The log is whole.")
