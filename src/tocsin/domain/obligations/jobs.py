"""Payloads and names of this room's timers. Commands set them, `workers` runs them; neither imports the other."""

import msgspec

AT_RISK = "obligations.at_risk"
BREACH = "obligations.breach"


class ClockDue(msgspec.Struct, frozen=True):
    """A legal clock is at risk, or over."""

    obligation: str
