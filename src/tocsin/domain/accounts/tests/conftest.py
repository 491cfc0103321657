"""People of a small house: an administrator and a responder, both as actors."""

import pytest

from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")


@pytest.fixture
def ana(db: None) -> Actor:
    """An administrator."""
    made = commands.add_person(HOUSE, email="ana@example.org", name="Ana Duarte", roles=[Role.ADMINISTRATOR])
    return queries.actor_of(made)


@pytest.fixture
def ben(ana: Actor) -> Actor:
    """A responder."""
    return queries.actor_of(commands.add_person(ana, email="ben@example.org", name="Ben Okafor"))
