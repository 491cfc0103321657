"""A new installation gets its tables at once, an older one by migrations: nobody can tell which way it came."""

import json
from pathlib import Path

import pytest

from tests.backup.homes import Home, empty_database

# Django's own, which Tocsin never writes: its numbers are of the width that was the default when they were first made.
DJANGOS = "auth_group_permissions"
DESCRIBE = str(Path(__file__).parent / "describe.py")


@pytest.mark.django_db(transaction=True)
def test_tables_made_at_once_are_those_that_migrations_lead_to(tmp_path: Path) -> None:
    with empty_database() as one, empty_database() as other:
        new, old = Home(tmp_path / "new", one), Home(tmp_path / "old", other)
        new.run("migrate")
        at_once = new.program(DESCRIBE)
        by_migrations = old.program(DESCRIBE, "--migrate")
    made, led_to = json.loads(at_once.stdout), json.loads(by_migrations.stdout)
    assert made.keys() == led_to.keys()
    assert len(made) > 100
    differing = [name for name in made if made[name] != led_to[name] and name != DJANGOS]
    assert not differing, json.dumps([(made[name], led_to[name]) for name in differing])
