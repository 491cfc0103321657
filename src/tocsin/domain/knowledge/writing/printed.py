"""A report as what the typesetter is handed: plain data, never markup, so that no text can become a command.

Long texts are cut here, and say so: a page count that nobody can print helps nobody.
"""

from hashlib import sha256
from typing import Any

import msgspec

from tocsin.domain.knowledge.rules.document import Document, Part
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.prose import blocks
from tocsin.domain.knowledge.writing.page import cover, title

LONGEST = 60_000
"""Characters of one hand-written text in the PDF; HTML and Markdown have all of it."""
CELL = 2_000
_WORDS = 60
"""A run without a blank is broken after so many characters, so that it stays on the paper."""


def content(document: Document) -> str:
    """The whole report as JSON; the same report gives the same text, to the byte."""
    found = {
        "title": title(document),
        "reference": document.reference,
        "heading": wrapped(document.title),
        "restricted": document.restricted,
        "cover": [[word, wrapped(value)] for word, value in cover(document)],
        "parts": [_part(part) for part in document.parts],
        "source": document.source,
        "zone": document.zone,
    }
    return msgspec.json.encode(found, order="deterministic").decode()


def content_hash(text: str) -> str:
    """By this name a PDF is kept."""
    return sha256(text.encode()).hexdigest()


def wrapped(text: str) -> str:
    """The text with places to break in runs that would leave the page."""
    return " ".join(_broken(word) for word in text.split(" "))


def _broken(word: str) -> str:
    if len(word) <= _WORDS:
        return word
    return "\N{ZERO WIDTH SPACE}".join(word[n : n + _WORDS] for n in range(0, len(word), _WORDS))


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "prose": _prose(part.prose.text) if part.prose else [],
        "sentences": [block for sentence in part.sentences for block in _prose(sentence)],
        "facts": [[word, wrapped(value)] for word, value in part.facts],
        "points": [wrapped(point) for point in part.points],
        "pictures": [{"caption": p.caption, "alt": p.alt, "svg": p.svg} for p in part.pictures],
        "grids": [_grid(grid) for grid in part.grids],
    }


def _prose(text: str) -> list[dict[str, Any]]:
    cut = text[:LONGEST]
    found = [
        {"look": block.look, "lines": [[[wrapped(span.text), span.look] for span in line] for line in block.lines]}
        for block in blocks(cut)
    ]
    if len(text) > LONGEST:
        note = f"Cut here after {LONGEST:,} of {len(text):,} characters; the HTML and Markdown of this report have all."
        found.append({"look": "note", "lines": [[[note, ""]]]})
    return found


def _grid(grid: Grid) -> dict[str, Any]:
    rows = [[wrapped(_short(cell)) for cell in row] for row in grid.rows]
    return {"caption": grid.caption, "header": list(grid.header), "rows": rows, "look": grid.look}


def _short(cell: str) -> str:
    return cell if len(cell) <= CELL else f"{cell[:CELL].rstrip()}\N{HORIZONTAL ELLIPSIS} (cut; the HTML has all of it)"
