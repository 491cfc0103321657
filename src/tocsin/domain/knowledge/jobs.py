"""Payloads and names of this room's work. Commands put it in, `workers` does it; neither imports the other."""

import msgspec

TYPESET = "knowledge.typeset"
REMIND = "knowledge.remind"
OVERDUE = "knowledge.overdue"


class Typeset(msgspec.Struct, frozen=True):
    """A PDF is to be made. `print` is the id of its row."""

    print: str


class ItemDue(msgspec.Struct, frozen=True):
    """An action item is due soon, or over."""

    item: str
