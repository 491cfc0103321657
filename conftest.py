"""Lets tests with real transactions empty the database afterwards, although the log refuses to be emptied.

Lets hypothesis take the time that a busy machine takes: how fast something is, is never a test.
"""

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.harness.houses"]

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def _lift_the_guard() -> None:
    from tocsin.core.events.guard import _TABLES, _wanted, missing_triggers  # settings are ready only now

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in _TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for name in set(_wanted()) - set(missing_triggers()):
                cursor.execute(f"DROP TRIGGER {name}")


def _raise_the_guard() -> None:
    if connection.vendor == "postgresql":
        from tocsin.core.events.guard import _TABLES

        with connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture(scope="session", autouse=True)
def _emptying_is_possible() -> None:
    empty = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        _lift_the_guard()
        empty(self)
        _raise_the_guard()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
