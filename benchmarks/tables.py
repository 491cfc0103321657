"""Medians with their range, as tables that read well on a terminal and in Markdown."""

from collections.abc import Callable, Sequence
from statistics import median


def spread(values: Sequence[float], form: str = ",.0f", scale: float = 1.0) -> str:
    """`median (min to max)`."""
    middle, low, high = (format(f(values) * scale, form) for f in _WORDS)
    return f"{middle} ({low} to {high})"


_WORDS: tuple[Callable[[Sequence[float]], float], ...] = (median, min, max)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, *rows]
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
