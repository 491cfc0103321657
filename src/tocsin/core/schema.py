"""The database as this version needs it: an empty one gets every table at once, an older one its migrations.

Hides that a new installation would otherwise live through the whole history of the schema, seconds of it. That both
ways end in the same tables is a test (tests/backup/test_schema.py).
"""

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction


def bring_up_to_date() -> None:
    """Create or migrate all tables. Safe to repeat, and to kill: an empty database stays empty until all are there.

    Raises Django's `OperationalError` when the database does not answer.
    """
    if connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    else:
        _create_at_once()


def _create_at_once() -> None:
    histories = settings.MIGRATION_MODULES
    with connection.constraint_checks_disabled(), transaction.atomic():
        try:
            settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
            call_command("migrate", interactive=False, verbosity=0, run_syncdb=True)
        finally:
            settings.MIGRATION_MODULES = histories
        call_command("migrate", interactive=False, verbosity=0, fake=True)
