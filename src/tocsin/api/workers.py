"""Forgets the answers that were kept for requests sent twice.

Knows the rows alone: the engine does without the shapes and operations of the API, and their libraries.
"""

from datetime import timedelta

from tocsin.api.models import KEPT, Remembered
from tocsin.core.work import periodic
from tocsin.kernel.clock import now


@periodic("api.forget", every=timedelta(minutes=10))
def forget() -> int:
    """Remove answers older than a day; returns how many."""
    return Remembered.objects.filter(created_at__lt=now() - KEPT).delete()[0]
