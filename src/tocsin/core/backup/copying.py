"""Makes a backup: every table as of one moment, the files of the home, and the keys that open what is sealed.

Hides what belongs to an installation. Reads only; others go on writing meanwhile.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tocsin import __version__
from tocsin.core.backup.archive import FORMAT, Header, Writer
from tocsin.core.backup.tables import columns, one_moment, read, tables
from tocsin.core.secrets.keyring import keyring
from tocsin.kernel.clock import now

KEYS = ("keyring.json", "secret_key", "checkpoints.jsonl")
"""Files of the home without which a copy is worth little: sealed text stays shut, signatures cannot be checked."""

FILES = "files"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds."""

    tables: int
    rows: int
    files: int


def copy_to(out: BinaryIO) -> Copied:
    """Write the whole installation to `out`. It holds its keys: keep it as safe as the installation itself."""
    keyring()  # a home that never sealed anything has none yet
    found = tables(apps)
    files = 0
    with one_moment():
        writer = Writer(out, _header())
        for model in found:
            writer.table(model._meta.db_table, read(model))
    # After the rows: a file is written before the row that names it and never changed, so none is missing.
    for name, path in _files():
        writer.file(name, path)
        files += 1
    manifest = writer.close()
    return Copied(len(found), sum(manifest.rows.values()), files)


def copy_to_file(path: Path) -> Copied:
    """The same into a file that only its owner reads (0600), which appears when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            copied = copy_to(out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return copied


def _header() -> Header:
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    made = now().astimezone(UTC).isoformat(timespec="seconds")
    shape = {model._meta.db_table: columns(model) for model in tables(apps)}
    return Header(FORMAT, __version__, made, connection.vendor, applied, shape)


def _files() -> Iterator[tuple[str, Path]]:
    home = Path(settings.HOME)
    for name in KEYS:
        if (home / name).exists():
            yield name, home / name
    for path in sorted((home / FILES).rglob("*")):
        if path.is_file():
            yield str(path.relative_to(home)), path
