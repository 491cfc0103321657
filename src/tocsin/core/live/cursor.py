"""Where a client stands, as text that tells it nothing: a gap in plain numbers would betray hidden entries."""

import json

from tocsin.core.secrets.sealing import SealBroken, open_sealed, seal

_SCOPE = "live.cursor"


def write_cursor(positions: dict[str, int]) -> str:
    """Sealed positions (stream -> number of the last entry seen)."""
    return seal(json.dumps(positions), _SCOPE)


def read_cursor(text: str) -> dict[str, int]:
    """Positions from a cursor; empty when it is none (a stranger's, or from another installation)."""
    try:
        return dict(json.loads(open_sealed(text, _SCOPE)))
    except (SealBroken, ValueError):
        return {}
