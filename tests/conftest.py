"""What every test under `tests/` may rely on.

Hides where things are. Starts a server only for a test that asks for it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.postgres import private_postgres

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of an empty database on a PostgreSQL of this session's own."""
    with private_postgres() as url:
        yield url
