"""Forgets the answers that were kept for requests sent twice."""

from datetime import timedelta

from tocsin.api.remembering import forget_old
from tocsin.core.work import periodic


@periodic("api.forget", every=timedelta(minutes=10))
def forget() -> None:
    """Remove answers older than a day."""
    forget_old()
