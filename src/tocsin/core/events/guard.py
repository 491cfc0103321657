"""The database's own refusal of any change to the log: triggers, installed after every migrate.

On SQLite an altered table is remade and silently loses its triggers, hence the installation after each migrate and
the check at start; `INSERT OR REPLACE` would slip past a DELETE trigger, hence the refusal before INSERT.
"""

from typing import Any

from django.db import connection

from tocsin.core.events.models import Checkpoint, Entry

_TABLES = (Entry._meta.db_table, Checkpoint._meta.db_table)


def _sqlite(table: str) -> dict[str, str]:
    say = f"SELECT RAISE(ABORT, '{table} is append-only')"
    unique = "number = NEW.number" if table == _TABLES[1] else "id = NEW.id OR (stream = NEW.stream AND seq = NEW.seq)"
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {say}; END",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {say}; END",
        f"{table}_no_replace": (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {unique}) BEGIN {say}; END"
        ),
    }


def _postgresql(table: str) -> dict[str, str]:
    run = "EXECUTE FUNCTION tocsin_refuse_change()"
    return {
        f"{table}_no_change": (
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}"
        ),
        f"{table}_no_truncate": (
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
        ),
    }


_REFUSE = """
CREATE OR REPLACE FUNCTION tocsin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def _wanted() -> dict[str, str]:
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    return {name: sql for table in _TABLES for name, sql in make(table).items()}


def missing_triggers() -> list[str]:
    """Names of the triggers that should stand and do not."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    return sorted(set(_wanted()) - present)


def install_triggers(**_: Any) -> None:
    """Create the missing triggers. Receiver of Django's post_migrate."""
    missing = missing_triggers()
    with connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        for name in missing:
            cursor.execute(_wanted()[name])
