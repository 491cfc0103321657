"""Words, shapes and icons of severity and state: one table, so that no screen invents its own.

Never decides what is severe; it only says how a severity or a state looks (docs/reference/design-language.md).
"""

from dataclasses import dataclass
from pathlib import Path

SEVERITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}


@dataclass(frozen=True, slots=True)
class State:
    """How one kind of state looks: the class that colours its icon, the icon, the usual word."""

    tone: str
    icon: str
    word: str


STATES = {
    "ok": State("ok", "circle-check", "Operational"),
    "busy": State("busy", "progress", "Under way"),
    "warn": State("warn", "alert-triangle", "Degraded"),
    "high": State("high", "alert-triangle", "Partial outage"),
    "bad": State("bad", "circle-x", "Major outage"),
    "care": State("care", "tool", "Maintenance"),
    "wait": State("none", "clock", "Waiting"),
    "blocked": State("none", "lock", "Blocked"),
    "held": State("none", "player-pause", "Held"),
    "off": State("none", "circle-dashed", "Not started"),
    "unknown": State("none", "question-mark", "Unknown"),
    "live": State("ok", "antenna-bars-5", "Live"),
}

NOTE_ICONS = {
    "": "info-circle",
    "acc": "info-circle",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "bad": "circle-x",
    "care": "tool",
}

STAGE_STATES = {
    "done": ("circle-check", "done"),
    "run": ("progress", "under way"),
    "due": ("clock", "due soon"),
    "risk": ("alert-triangle", "at risk"),
    "stop": ("lock", "blocked"),
    "off": ("circle-dashed", "not started"),
}

ICONS = frozenset(Path(__file__).with_name("icons.txt").read_text(encoding="utf-8").split())
"""Names of the sprite's icons; `script/vendor` draws the sprite from the same file."""

MARKS = {
    "acknowledged": "circle-check",
    "alert": "bell",
    "help": "help-circle",
    "resolved": "checks",
    "silence": "bell-off",
    "warning": "alert-triangle",
}
"""Words that events use as their mark, where the icon is called otherwise."""


def icon_name(name: str) -> str:
    """The icon for a name or a mark; a dot for one that nobody drew, so that no row loses its mark."""
    wanted = MARKS.get(name, name)
    return wanted if wanted in ICONS or wanted.startswith("sev-") else "point"


def severity_word(value: str) -> str:
    """`"critical"` -> `"Critical"`. A severity that is none of ours is shown as it is, never hidden."""
    return SEVERITIES.get(str(value).lower(), str(value).replace("unknown", "Unknown"))
