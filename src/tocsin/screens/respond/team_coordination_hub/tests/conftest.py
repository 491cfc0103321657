"""Two people of a small team, and an incident that one of them declared."""

import pytest

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor, Role, system

HOUSE = system("test")


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


@pytest.fixture
def amina(db: None) -> Actor:
    return person("Amina Diallo", Role.COMMANDER)


@pytest.fixture
def mateo(db: None) -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def ref(amina: Actor) -> str:
    made = commands.declare(amina, title="Checkout failing", kind="disruption", severity="critical", page=False)
    return queries.row(amina, made).reference
