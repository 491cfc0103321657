"""The one clock. Everything that asks for the time asks here, so that tests move it in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """Current instant, aware, in UTC."""
    return datetime.now(UTC)
