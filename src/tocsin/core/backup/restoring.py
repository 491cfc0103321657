"""Brings a backup back into an empty database: at the migrations it was made at, then up to this version's.

Hides how an older copy becomes a present one. Never writes over an installation that holds anything.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from tocsin.core.backup.archive import Header, Manifest, Part, check, parts
from tocsin.core.backup.copying import FILES, KEYS
from tocsin.core.backup.tables import LEFT_OUT, count_on, tables, write
from tocsin.core.events.verify import Verdict, verify_log
from tocsin.core.schema import bring_up_to_date
from tocsin.core.search.dialect import rebuild_index
from tocsin.kernel.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and whether the log is whole."""

    header: Header
    rows: int
    files: int
    log: Verdict = field(repr=False)


def restore(path: Path) -> Restored:
    """Check the file, then bring it into this home and its empty database.

    Raises `Invalid` when the file is damaged or of a newer version, `Conflict` when there is anything already.
    """
    header, manifest = check(path)
    targets = _targets(header)
    _refuse_to_overwrite()
    files = _files(path)
    found = {m._meta.db_table: m for m in tables(_schema_at(targets))}
    rows = _rows(path, header, found)
    _compare(rows, manifest)
    bring_up_to_date()
    rebuild_index()
    count_on(tables(apps))
    return Restored(header, sum(rows.values()), files, verify_log())


def _schema_at(targets: list[tuple[str, str]]) -> Apps | StateApps:
    """Make the tables as they were at these migrations; the models that fit them."""
    executor = MigrationExecutor(connection)
    if set(targets) == set(executor.loader.graph.leaf_nodes()):
        bring_up_to_date()
        return apps
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def _targets(header: Header) -> list[tuple[str, str]]:
    known = MigrationExecutor(connection).loader.graph
    applied = [(app, name) for app, name in header.migrations if app not in LEFT_OUT or (app, name) in known.nodes]
    unknown = [f"{app}.{name}" for app, name in applied if (app, name) not in known.nodes]
    if unknown:
        raise Invalid(
            f"The backup was made by Tocsin {header.version}, which is newer than this one (it knows {unknown[0]}); "
            "install that version, or a newer one, and restore again.",
            field="file",
        )
    ours = set(applied)
    # The last of each app: every migration that no other applied migration of the same app stands on.
    beneath = {parent for node in ours for parent in known.node_map[node].parents if parent.key[0] == node[0]}
    return sorted(ours - {node.key for node in beneath})


def _refuse_to_overwrite() -> None:
    present = connection.introspection.table_names()
    if present:
        raise Conflict(
            f"The database already holds {len(present)} tables; point TOCSIN_DATABASE_URL at an empty database, "
            "or use --replace with the embedded one, which sets the present files aside."
        )


def _files(path: Path) -> int:
    home = Path(settings.HOME)
    count = 0
    for part in parts(path):
        place = PurePosixPath(part.name)
        if part.name in KEYS or (place.parts[0] == FILES and ".." not in place.parts and not place.is_absolute()):
            _put(part, home / place)
            count += 1
    return count


def _put(part: Part, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while content := part.stream.read(1 << 20):
            out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _rows(path: Path, header: Header, found: dict[str, Any]) -> dict[str, int]:
    rows: dict[str, int] = {}
    # References are checked when the transaction ends, so the order of the tables does not matter.
    with transaction.atomic():
        for part in parts(path):
            folder, _, name = part.name.partition("/")
            if folder == "tables":
                rows[name] = write(found[name], header.columns[name], part.lines())
    return rows


def _compare(rows: dict[str, int], manifest: Manifest) -> None:
    for name, count in manifest.rows.items():
        if rows.get(name) != count:
            raise Invalid(f"'{name}' has {rows.get(name, 0)} rows, the backup says {count}; take another copy of it.")
