"""Work that waits, as rooms use it: declare what can be done, put it into the outbox, move it, cancel it."""

from tocsin.core.engine.outbox import Draft, cancel, enqueue, enqueue_many
from tocsin.core.engine.registry import (
    Done,
    Failed,
    JobView,
    Outcome,
    Retry,
    drain,
    effect,
    periodic,
    transactional,
)
from tocsin.core.engine.wake import wake_engine

__all__ = [
    "Done",
    "Draft",
    "Failed",
    "JobView",
    "Outcome",
    "Retry",
    "cancel",
    "drain",
    "effect",
    "enqueue",
    "enqueue_many",
    "periodic",
    "transactional",
    "wake_engine",
]
