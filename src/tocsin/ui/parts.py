"""Plain values that components take: stage, tab, day of a bar chart, entry of a palette.

Screens build them from what queries return. They hold words and links, never rows of a table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the rail. `state` is a key of `marks.STAGE_STATES`, `note` the small line below the name."""

    key: str
    label: str
    url: str
    state: str = "off"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One screen of a stage."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved view or a quick filter above a table."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a bar chart: `kind` is ok, warn, high, bad, care or none (no data); `lost` from 0 to 1."""

    kind: str
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: `state` is done, now, wait, failed, unknown or undone."""

    name: str
    state: str = "wait"
    proof: str = ""
    time: str = ""
    output: str = ""


def stages(*, security: bool = False) -> list[tuple[str, str]]:
    """Key and label of the eight stages; Contain is called Mitigate unless the incident is a security one."""
    contain = "Contain" if security else "Mitigate"
    return [
        ("detect", "Detect"),
        ("assess", "Assess"),
        ("respond", "Respond"),
        ("contain", contain),
        ("communicate", "Communicate"),
        ("resolve", "Resolve"),
        ("recover", "Recover"),
        ("document", "Document"),
    ]
