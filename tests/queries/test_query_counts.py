"""How many queries each screen asks with the demo organisation in the house: the number may fall, it may not rise.

Figures stand in `query_counts.json`. When a rise is worth it, accept it and say why in the commit:

    TOCSIN_ACCEPT_QUERIES=1 .venv/bin/pytest tests/queries

Hides how the house is furnished (as for the browser). Counts on SQLite; PostgreSQL asks the same.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from tests.access.routes_declared import Declared, declared
from tests.browser.furnishing import ADA, furnish
from tocsin.domain.delivery import ports
from tocsin.kernel.clock import now

House = tuple[Client, dict[str, str], datetime]

FIGURES = Path(__file__).parent / "query_counts.json"
ACCEPTS = bool(os.environ.get("TOCSIN_ACCEPT_QUERIES"))
UNKNOWN = 40
"""What a screen may ask that has no figure yet."""
WAYS = {
    f"{route or 'home'}#{number}": way
    for route, said in declared().items()
    for number, way in enumerate(said)
    if "GET" in way.who and not route.startswith(("accounts/", "sign-in/", "api/"))
}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, int]]:
    """The figures; written anew when rises are accepted."""
    known = json.loads(FIGURES.read_text())
    yield known
    if ACCEPTS:
        kept = {name: known[name] for name in sorted(known) if name in WAYS}
        FIGURES.write_text(json.dumps(kept, indent=1) + "\n")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Ada's browser in the furnished house, the names of what is in it, and the moment at which time stands still."""
    before = ports.transports()
    with django_db_blocker.unblock(), transaction.atomic():
        values = furnish()
        client = Client()
        ada = get_user_model().objects.get(email=ADA)
        client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
        yield client, values, now()
        transaction.set_rollback(True)
    ports._transports.clear()
    ports._transports.update(before)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="figures are SQLite's")
@pytest.mark.parametrize("name", WAYS)
def test_a_screen_asks_no_more_queries_than_before(name: str, house: House, figures: dict[str, int]) -> None:
    client, values, moment = house
    way: Declared = WAYS[name]
    own = {"ref": values["proposed"]} if way.route.startswith("detect/classification/") else {}
    path = way.path(values | own)
    with time_machine.travel(moment, tick=False):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
    assert answer.status_code < 500
    count = len(asked)
    if ACCEPTS:
        figures[name] = count
    limit = figures.get(name, UNKNOWN)
    assert count <= limit, (
        f"{path} asks {count} queries, {limit} are accepted. Mend it, or accept the rise: "
        "TOCSIN_ACCEPT_QUERIES=1 .venv/bin/pytest tests/queries"
    )
