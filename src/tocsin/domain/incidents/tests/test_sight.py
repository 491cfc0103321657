"""An incident that is looked at once: several queries, one read; and never more than its viewer may see."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.domain.incidents import commands, queries
from tocsin.domain.incidents.tests.conftest import World
from tocsin.kernel.errors import NotFound


def test_a_sight_is_read_once_and_tells_the_same(world: World) -> None:
    amina = world.actor("Amina")
    incident = commands.declare(amina, title="Slow", kind="disruption", severity="high", page=False)
    seen = queries.sight(amina, incident)
    asked: tuple[Any, ...] = (queries.timeline, queries.decisions, queries.links, queries.streams_of)
    with CaptureQueriesContext(connection) as by_sight:
        found = [ask(amina, seen) for ask in asked]
    with CaptureQueriesContext(connection) as by_id:
        again = [ask(amina, incident) for ask in asked]
    assert found[1:] == again[1:]
    assert [entry.key for entry in found[0]] == [entry.key for entry in again[0]]
    assert len(by_sight) <= len(by_id) - len(asked)


def test_a_sight_opens_nothing_to_somebody_else(world: World) -> None:
    yusuf, vera = world.actor("Yusuf"), world.actor("Vera")
    incident = commands.declare(yusuf, title="Breach", kind="security", severity="high", page=False)
    seen = queries.sight(yusuf, incident)
    for ask in (queries.timeline, queries.decisions, queries.links, queries.hub):
        ask(yusuf, seen)
        with pytest.raises(NotFound):
            ask(vera, seen)
