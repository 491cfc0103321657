"""A program: prints every table of the database that the environment names, as JSON; `--migrate` migrates it first.

Columns without their order, which migrations cannot keep; constraints and indexes with their names; migrations applied.
"""

import json
import os
import sys
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def _constraint(name: str, each: dict[str, Any]) -> str:
    # Django finds foreign keys by their columns, whose database-given names may differ; SQLite leaves checks unnamed
    # and repeats a column for each mention of it.
    nameless = each["foreign_key"] or name.startswith("__unnamed")
    return json.dumps(["" if nameless else name, each | {"columns": sorted(set(each["columns"]))}], sort_keys=True)


def _described() -> dict[str, object]:
    look = connection.introspection
    said: dict[str, object] = {}
    with connection.cursor() as cursor:
        for table in look.table_names(cursor):
            columns = look.get_table_description(cursor, table)
            constraints = look.get_constraints(cursor, table).items()
            said[table] = {
                "columns": sorted([c.name, str(c.type_code), c.null_ok, str(c.internal_size)] for c in columns),
                "constraints": sorted(_constraint(name, each) for name, each in constraints),
            }
    applied = MigrationRecorder(connection).applied_migrations()
    return said | {"applied": sorted(".".join(key) for key in applied)}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tocsin.project.settings"
    django.setup()
    if "--migrate" in sys.argv:
        call_command("migrate", verbosity=0)
    print(json.dumps(_described()))
