"""The name and payload of this room's work."""

import msgspec

TRAIN = "triage.train"


class Train(msgspec.Struct, frozen=True):
    """Count all lessons anew."""
