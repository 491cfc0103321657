"""Named points of the engine at which the harness kills it. In production `reached` does nothing."""

from collections.abc import Callable


def _ignore(point: str) -> None:
    pass


_listener: Callable[[str], None] = _ignore


def reached(point: str) -> None:
    """Called at taken, worked, kept (a database job), claimed, begun, acted, recorded (an effect), folded (a drain)."""
    _listener(point)


def listen(listener: Callable[[str], None] = _ignore) -> None:
    """Have `listener` called at each point (the kill harness); without an argument: no more."""
    global _listener
    _listener = listener
