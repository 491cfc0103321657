"""Which commits wait for the disk. Those between an alert and its page need not: the next one that does carries them.

Both databases keep one log of commits, and forcing a commit forces every earlier one. Folding and database jobs act
on nothing but the store, so a power cut may take their last commits back as a whole: inbox, jobs and log stand as
before, and the work is done again. Whatever the outside learns of is forced: a 2xx, a person's click, and the begun
attempt, before its message leaves. SQLite: https://www.sqlite.org/pragma.html#pragma_synchronous; PostgreSQL:
asynchronous commit.
"""

import threading
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class _Lazy(threading.local):
    on = False


_lazy = _Lazy()


def leave_to_the_next() -> None:
    """Commits of this thread, from now on, become durable with the next forced one of any other thread or process."""
    _lazy.on = True
    if connection.connection is not None:
        _relax(connection)


def _relax(to: BaseDatabaseWrapper) -> None:
    with to.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL" if to.vendor == "sqlite" else "SET synchronous_commit = off")


def _connected(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _lazy.on:
        _relax(connection)


connection_created.connect(_connected, dispatch_uid="engine.durability")
