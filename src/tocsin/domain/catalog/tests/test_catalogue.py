"""The catalogue as its commands keep it: owners, dependencies without circles, a file that describes it."""

import threading
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tocsin.core.log import read_stream
from tocsin.core.search.find import search
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.catalog import commands, queries
from tocsin.kernel.actor import ANONYMOUS, Actor, Role, system
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
HOUSE = system("test")
VIEWER = Actor("person:v", "Vera", frozenset({Role.VIEWER}), person="v")


def chain(*names: str) -> list[str]:
    """Services of which each needs the next."""
    ids = [commands.add_service(HOUSE, name=name) for name in names]
    for down, up in pairwise(ids):
        commands.set_dependencies(HOUSE, service_id=down, needs=[up])
    return ids


def test_a_service_is_kept_found_and_told_of() -> None:
    accounts.add_team(HOUSE, name="Shop")
    made = commands.add_service(HOUSE, name="Checkout", tier=1, owner_team="shop", description="Takes the money")
    commands.change_service(HOUSE, service_id=made, tier=2, owner_team="")
    view = queries.service(VIEWER, "checkout")
    assert (view.id, view.tier, view.owner_team) == (made, 2, "")
    assert [hit.title for hit in search(VIEWER, "money")] == ["Checkout"]
    assert search(ANONYMOUS, "money") == []
    assert [e.event.sentence() for e in read_stream(f"service:{made}")] == [
        "added the service Checkout",
        "changed Checkout: tier, owner",
    ]


def test_only_administrators_change_the_catalogue_and_no_stranger_reads_it() -> None:
    made = commands.add_service(HOUSE, name="Checkout")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        actor = Actor("person:x", "X", frozenset({role}), person="x")
        for attempt in (
            lambda a: commands.add_service(a, name="Other"),
            lambda a: commands.change_service(a, service_id=made, tier=1),
            lambda a: commands.remove_service(a, service_id=made),
            lambda a: commands.set_dependencies(a, service_id=made, needs=[]),
            lambda a: commands.import_catalogue(a, text="services: []", dry_run=True),
        ):
            with pytest.raises(Denied):
                attempt(actor)
        assert queries.services(actor)
    for read in (queries.services, queries.graph, queries.export_catalogue):
        with pytest.raises(Denied):
            read(ANONYMOUS)


def test_a_circle_is_refused_and_its_path_is_named() -> None:
    checkout, _, database = chain("Checkout", "Payments", "Database")
    with pytest.raises(Conflict) as refused:
        commands.set_dependencies(HOUSE, service_id=database, needs=[checkout])
    assert "checkout needs payments needs database needs checkout" in refused.value.sentence
    with pytest.raises(Conflict):
        commands.set_dependencies(HOUSE, service_id=checkout, needs=[checkout])
    assert queries.dependencies(VIEWER, database) == []


def test_who_breaks_when_the_database_breaks_takes_two_queries() -> None:
    ids = chain("Shop", "Checkout", "Payments", "Database")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        found = queries.dependants(VIEWER, ids[3])
    assert [view.name for view in found] == ["Payments", "Checkout", "Shop"]
    assert len(captured) == 2
    assert [view.name for view in queries.dependencies(VIEWER, ids[0])] == ["Checkout", "Payments", "Database"]
    assert [view.name for view in queries.dependencies(VIEWER, ids[0], direct=True)] == ["Checkout"]


def test_removing_a_service_frees_those_that_needed_it() -> None:
    checkout, payments = chain("Checkout", "Payments")
    commands.remove_service(HOUSE, service_id=payments)
    assert queries.dependencies(VIEWER, checkout) == []
    with pytest.raises(NotFound):
        queries.service(VIEWER, payments)
    assert search(VIEWER, "payments") == []


FILE = """
services:
- {slug: checkout, name: Checkout, tier: 1, owner: shop, needs: [payments]}
- {slug: payments, name: Payments, needs: [database]}
- {slug: database, name: Database, kind: component}
"""


def test_a_dry_run_shows_the_difference_and_changes_nothing() -> None:
    accounts.add_team(HOUSE, name="Shop")
    changes = commands.import_catalogue(HOUSE, text=FILE, dry_run=True)
    assert [str(change) for change in changes] == [
        "+ service checkout: Checkout",
        "+ service payments: Payments",
        "+ service database: Database",
    ]
    assert queries.services(VIEWER) == []


def test_an_imported_catalogue_exports_to_a_file_without_differences() -> None:
    accounts.add_team(HOUSE, name="Shop")
    assert len(commands.import_catalogue(HOUSE, text=FILE)) == 3
    assert [view.slug for view in queries.dependants(VIEWER, queries.service(VIEWER, "database").id)] == [
        "payments",
        "checkout",
    ]
    assert commands.import_catalogue(HOUSE, text=FILE) == []
    assert commands.import_catalogue(HOUSE, text=queries.export_catalogue(VIEWER)) == []
    turned = FILE.replace("name: Payments, needs: [database]", "name: Card payments")
    assert [str(c) for c in commands.import_catalogue(HOUSE, text=turned)] == [
        "~ service payments: name Payments to Card payments; no longer needs database"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("services: [{slug: a, owner: nobody}]", "a.owner: there is no team 'nobody'"),
        ("services: [{slug: a, needs: [b]}]", "a.needs: there is no service 'b'"),
        ("services: [{slug: a, needs: [b]}, {slug: b, needs: [a]}]", "a needs b needs a"),
    ],
)
def test_a_file_that_cannot_stand_is_refused_in_a_dry_run_too_and_leaves_nothing(text: str, told: str) -> None:
    for dry_run in (True, False):
        with pytest.raises((Invalid, Conflict)) as refused:
            commands.import_catalogue(HOUSE, text=text, dry_run=dry_run)
        assert told in refused.value.sentence
    assert queries.services(VIEWER) == []


@pytest.mark.django_db(transaction=True)
def test_two_harmless_changes_at_once_do_not_close_a_circle_together() -> None:
    one, other = (commands.add_service(HOUSE, name=name) for name in ("One", "Other"))
    ready, ends = threading.Barrier(2), []

    def need(down: str, up: str) -> None:
        ready.wait()
        try:
            commands.set_dependencies(HOUSE, service_id=down, needs=[up])
            ends.append("done")
        except Conflict:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=need, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "refused"]
