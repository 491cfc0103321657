"""Turns at SQLite's one writer: a busy program lets another in, one that is frozen is overtaken, none is kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tocsin.core.sqlite import turnstile
from tocsin.core.sqlite.turnstile import Turnstile

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A file that is written to."""
    return str(tmp_path / "some.sqlite3")


@contextmanager
def _turn(of: Turnstile, database: str) -> Iterator[None]:
    of.enter(database)
    try:
        yield
    finally:
        of.leave()


def _busy(database: str, stop: threading.Event) -> None:
    mine = Turnstile()
    while not stop.is_set():
        with _turn(mine, database):
            time.sleep(0.02)


def test_one_who_waits_gets_the_next_turn_of_a_busy_writer(database: str) -> None:
    stop, waits, mine = threading.Event(), [], Turnstile()
    other = threading.Thread(target=_busy, args=(database, stop))
    other.start()
    try:
        for _ in range(10):
            began = time.monotonic()
            with _turn(mine, database):
                waits.append(time.monotonic() - began)
            time.sleep(0.005)
    finally:
        stop.set()
        other.join()
    assert sorted(waits)[5] < 0.2


def test_a_frozen_holder_is_overtaken(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "_PATIENCE", 0.05)
    frozen, mine = Turnstile(), Turnstile()
    frozen.enter(database)
    began = time.monotonic()
    mine.enter(database)
    assert time.monotonic() - began < 2


def test_a_folder_that_cannot_be_written_orders_nobody_and_stops_nobody(tmp_path: Path) -> None:
    with _turn(Turnstile(), str(tmp_path / "not-there" / "some.sqlite3")):
        pass


def test_whoever_writes_to_another_database_waits_for_nobody(tmp_path: Path) -> None:
    began = time.monotonic()
    with _turn(Turnstile(), str(tmp_path / "one.sqlite3")), _turn(Turnstile(), str(tmp_path / "other.sqlite3")):
        assert time.monotonic() - began < 2


def _is_free() -> bool:
    turn, _ = Turnstile()._files(str(connection.settings_dict["NAME"]))
    return turnstile._taken(turn)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_holds_the_turn_until_it_ends() -> None:
    with transaction.atomic():
        assert not _is_free()
        with transaction.atomic():
            pass
        assert not _is_free()
        transaction.on_commit(lambda: seen.append(_is_free()))
        seen: list[bool] = []
    assert seen == [True]


def _fail() -> None:
    with transaction.atomic():
        raise ValueError


def _lose_the_connection() -> None:
    with transaction.atomic():
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [_fail, _lose_the_connection])
def test_a_transaction_that_fails_gives_the_turn_back(end: Callable[[], None]) -> None:
    with suppress(ValueError):
        end()
    assert _is_free()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_never_began_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    with monkeypatch.context() as broken:
        broken.setattr(connections["default"], "transaction_mode", "NONSENSE")
        with pytest.raises(DatabaseError):
            _fail()
    assert _is_free()
