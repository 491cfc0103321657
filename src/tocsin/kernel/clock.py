"""The one clock. Everything that asks for the time asks here, so that tests move it in one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Current instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


def real_now() -> datetime:
    """What the machine's clock shows, whatever is being told: the log stamps entries with it."""
    return datetime.now(UTC)


@contextmanager
def telling_of(moment: datetime) -> Iterator[None]:
    """Inside, `now` is `moment`: for accounts of what happened earlier. The log still records when it was told."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
