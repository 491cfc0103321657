"""A PostgreSQL of the benchmark's own that survives a power cut, as in production, and copies of its databases.

Hides the cluster and the names of copies. Uses the tests' private server, but never their settings for durability.
"""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from tests.harness.postgres import private_postgres

_numbers = itertools.count(1)


def durable_postgres() -> AbstractContextManager[str]:
    """URL of an empty database; an answer to a commit means that it is on disk. Raises `PostgresMissing`."""
    return private_postgres(fsync="on", synchronous_commit="on", full_page_writes="on")


def process_of(url: str) -> int:
    """Id of the server's first process, which is the parent of all its others."""
    folder = Path(unquote(urlsplit(url).hostname or ""))
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


@contextmanager
def copy_of(url: str) -> Iterator[str]:
    """URL of a copy of a database that nobody is connected to; an empty one is copied as well. It is dropped after."""
    copied = f"round{next(_numbers)}"
    base, _, original = url.rpartition("/")
    _administer(f"{base}/template1", f"CREATE DATABASE {copied} TEMPLATE {original}")
    try:
        yield f"{base}/{copied}"
    finally:
        _administer(f"{base}/template1", f"DROP DATABASE {copied} WITH (FORCE)")


def _administer(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
