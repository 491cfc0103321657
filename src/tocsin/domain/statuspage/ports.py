"""Where higher rooms say what must not reach the public page, and why the page then stays silent."""

from collections.abc import Callable

Withholding = Callable[[str], bool]
_withholdings: list[Withholding] = []


def register_withholding(withholding: Withholding) -> None:
    """`withholding(incident id)`: True keeps what is told in that incident off the page."""
    _withholdings.append(withholding)


def withheld(incident: str) -> bool:
    """True when somebody keeps this incident off the page."""
    return any(ask(incident) for ask in _withholdings)
