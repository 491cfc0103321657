"""Payloads and names of this room's timers. Commands set them, `workers` runs them; neither imports the other."""

import msgspec

AT_RISK = "incidents.at_risk"
BREACH = "incidents.breach"
HAND_OVER = "incidents.hand_over"
TASK_DUE = "incidents.task_due"
MENTIONED = "incidents.mentioned"
COME = "incidents.come"
DUTY = "incidents.duty"
SETTLE = "incidents.settle"


class DeadlineDue(msgspec.Struct, frozen=True):
    """A deadline is at risk, or over."""

    deadline: str


class DutyDue(msgspec.Struct, frozen=True):
    """A standing duty of a role is due."""

    duty: str


class Come(msgspec.Struct, frozen=True):
    """Someone who declined said that they can come now."""

    responder: str


class HandOver(msgspec.Struct, frozen=True):
    """A commander has led for long; `holder` is the row of the role."""

    holder: str
    hours: int


class Mentioned(msgspec.Struct, frozen=True):
    """A note mentions people who are not in its incident; `text` is how it begins."""

    note: str
    by: str
    people: tuple[str, ...]
    text: str


class Settle(msgspec.Struct, frozen=True):
    """An incident has begun; its deadlines and its place in the search are to follow."""

    incident: str


class TaskDue(msgspec.Struct, frozen=True):
    """A task is due soon, or was due; `due` is the moment for which the timer was set, in seconds since 1970."""

    task: str
    over: bool
    due: int
