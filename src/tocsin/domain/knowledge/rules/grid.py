"""A table of a report: a caption, headings, and rows of plain text. `\\n` in a cell starts a new line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. `look` 'log' is drawn with a narrow first column."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    look: str = ""
