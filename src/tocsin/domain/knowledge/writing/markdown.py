"""A report as Markdown that any reader shows alike. What people wrote keeps its little markup; cells are escaped."""

import re

from tocsin.domain.knowledge.rules.document import Document, Part
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.prose import clean
from tocsin.domain.knowledge.writing.page import cover, title

_ACTIVE = re.compile(r"([\\`*_\[\]<>|#~])")


def whole(document: Document) -> str:
    """The whole report; charts become their sentence."""
    facts = "\n".join(f"- **{word}:** {plain(value)}" for word, value in cover(document))
    parts = "\n\n".join(f"## {part.title}\n\n{_part(part)}" for part in document.parts)
    lock = "\n**Restricted: for named people only.**\n" if document.restricted else ""
    return (
        f"# {plain(title(document))}\n{lock}\n{facts}\n\n{parts}\n\n---\n\n{document.source} "
        f"All times are in {document.zone}.\n"
    )


def plain(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    return _ACTIVE.sub(r"\\\1", " ".join(clean(text).split()))


def _part(part: Part) -> str:
    pieces = [_quiet(part.prose.text)] if part.prose else []
    pieces += [plain(sentence) for sentence in part.sentences]
    pieces += [f"*{plain(picture.caption)}* {plain(picture.alt)}" for picture in part.pictures]
    pieces += ["\n".join(f"- **{plain(word)}:** {plain(value)}" for word, value in part.facts)] if part.facts else []
    pieces += ["\n".join(f"- {plain(point)}" for point in part.points)] if part.points else []
    pieces += [_grid(grid) for grid in part.grids]
    return "\n\n".join(pieces)


def _quiet(text: str) -> str:
    """Own markup stays; tags of HTML do not, and a heading never outranks those of the report."""
    calm = clean(text).replace("<", "&lt;")
    return re.sub(r"^#{1,6}\s+", "### ", calm, flags=re.MULTILINE)


def _grid(grid: Grid) -> str:
    head = "| " + " | ".join(grid.header) + " |"
    rule = "|" + "|".join(" --- " for _ in grid.header) + "|"
    rows = ["| " + " | ".join(plain(cell) for cell in row) + " |" for row in grid.rows]
    return "\n".join([head, rule, *rows])
