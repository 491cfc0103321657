"""Payloads and names of this room's jobs."""

import msgspec

SEND = "broadcasts.send"
WAVE = "broadcasts.wave"
BATCH = 200


class Alert(msgspec.Struct, frozen=True):
    """The alert to go on with."""

    alert: str
