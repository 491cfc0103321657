"""`tocsin backup` and `tocsin restore`: the whole installation into one file, and back into an empty one.

Hides how the embedded database is set aside and how a rehearsal gets a home of its own. Never deletes anything.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC
from pathlib import Path

import click
from django.conf import settings
from django.db import connection

from tocsin.cli.house import says_refusals
from tocsin.core.backup.copying import FILES, KEYS, copy_to, copy_to_file
from tocsin.core.backup.restoring import restore as bring_back
from tocsin.core.engine.health import health
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict

_DATABASE = ("tocsin.sqlite3", "tocsin.sqlite3-wal", "tocsin.sqlite3-shm")


@click.command()
@click.option("--output", "-o", default="", help="File to write, `-` for stdout. Default: in TOCSIN_HOME/backups.")
@says_refusals
def backup(output: str) -> None:
    """Copy database, files and keys into one file while everything runs.

    The file holds the keys of this installation: keep it as safe as the installation. To encrypt it on its way:
    tocsin backup -o - | age -r RECIPIENT > tocsin.age
    """
    if output == "-":
        copy_to(sys.stdout.buffer)
        return
    path = Path(output) if output else default_file()
    made = copy_to_file(path)
    size = path.stat().st_size
    click.echo(f"{path}: {made.rows} rows of {made.tables} tables, {made.files} files, {size / 1e6:.1f} MB.")


def default_file() -> Path:
    """Where a backup goes that nobody named: one file a second, named after the moment."""
    return Path(settings.HOME) / "backups" / f"tocsin-{now().astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Embedded database only: set what is there aside, in TOCSIN_HOME.")
@click.option("--rehearse", is_flag=True, help="Restore into a throw-away home, verify the log, leave nothing.")
@says_refusals
def restore(file: Path, *, replace: bool, rehearse: bool) -> None:
    """Bring a backup back into this home and its empty database, at this version, and verify the log.

    Stop Tocsin first. People sign in anew; everything else is as it was when the backup was made, so pages that
    were due meanwhile go out.
    """
    if rehearse:
        _rehearse(file)
        return
    # A database that holds nothing yet has no table that could tell of engines.
    if connection.introspection.table_names():
        _refuse_while_running()
        if replace:
            click.echo(f"What was there is now in {_set_aside()}.")
    came = bring_back(file)
    (Path(settings.HOME) / "prepared").unlink(missing_ok=True)
    click.echo(f"Restored {came.rows} rows and {came.files} files of {came.header.made_at} ({came.header.version}).")
    if not came.log.whole:
        for fault in came.log.faults[:20]:
            click.echo(f"{fault.stream or 'checkpoints'}: {fault.sentence}.", err=True)
        raise Conflict(f"The log is NOT whole: {len(came.log.faults)} faults.")
    click.echo(f"The log is whole: {came.log.entries} entries, {came.log.checkpoints} checkpoints.")


def _rehearse(file: Path) -> None:
    """The same command in a process and a home of its own: settings belong to a process."""
    with tempfile.TemporaryDirectory(prefix="tocsin-rehearsal-") as scratch:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")} | {"TOCSIN_HOME": scratch}
        command = [sys.executable, "-m", "tocsin", "restore", str(file.absolute())]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    click.echo(done.stdout, nl=False)
    if done.returncode:
        raise click.ClickException(done.stderr.removeprefix("Error: ").strip() or "The rehearsal failed.")
    click.echo("Rehearsed: this backup can be restored.")


def _refuse_while_running() -> None:
    alive = [engine.name for engine in health().engines if not engine.silent]
    if alive:
        raise Conflict(f"{len(alive)} engines work on this database ({alive[0]}); stop Tocsin first.")


def _set_aside() -> Path:
    if connection.vendor != "sqlite":
        raise Conflict(
            "--replace works with the embedded database; create an empty one and point TOCSIN_DATABASE_URL at it."
        )
    home = Path(settings.HOME)
    connection.close()
    aside = home / f"before-restore-{now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir()
    for name in (*_DATABASE, *KEYS, FILES):
        if (home / name).exists():
            (home / name).rename(aside / name)
    return aside
