"""A report as HTML: the body for screens, and a whole page that needs nothing else and prints well.

Everything that people wrote is escaped here, piece by piece; nothing is ever marked safe on trust.
"""

from html import escape
from importlib.resources import files

from tocsin.domain.knowledge.rules.charts import Picture
from tocsin.domain.knowledge.rules.document import Document, Part
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.prose import Block, Span, blocks

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def whole(document: Document) -> str:
    """A complete page: style within, no script, nothing loaded from anywhere."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    mark = '<p class="k-lock">Restricted: for named people only.</p>' if document.restricted else ""
    facts = "".join(
        f"<div><dt>{escape(word)}</dt><dd><bdi>{escape(value)}</bdi></dd></div>" for word, value in cover(document)
    )
    toc = "".join(f'<li><a href="#{p.key}">{escape(p.title)}</a></li>' for p in document.parts)
    parts = "".join(
        f'<section id="{p.key}" aria-labelledby="{p.key}-h">'
        f'<h2 id="{p.key}-h">{escape(p.title)}</h2>{part(p)}</section>'
        for p in document.parts
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title(document))}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{style}</style></head>'
        f'<body><main class="k-page"><header><p class="k-ref">{escape(document.reference)} incident report</p>'
        f'<h1><bdi>{escape(document.title)}</bdi></h1>{mark}<dl class="k-cover">{facts}</dl></header>'
        f'<nav aria-label="Contents"><ol>{toc}</ol></nav>{parts}<footer><p>{escape(document.source)}</p>'
        f"<p>All times are in {escape(document.zone)}.</p></footer></main></body></html>\n"
    )


def title(document: Document) -> str:
    """`INC-42: Checkout fails, incident report`."""
    return f"{document.reference}: {document.title}, incident report"


def cover(document: Document) -> tuple[tuple[str, str], ...]:
    """The few facts below the title."""
    return (
        ("Severity", document.severity.capitalize()),
        ("Kind", document.kind),
        ("Services", document.services or "none named"),
        ("Began", document.began),
        ("Lasted", document.lasted),
        ("Report", document.state_words),
    )


def part(found: Part, *, prose: bool = True) -> str:
    """One part without its heading; with `prose=False` only what is generated."""
    written = found.prose.text if prose and found.prose else ""
    own = f'<div class="k-prose">{_blocks(written)}</div>' if written else ""
    said = "".join(f'<div class="k-said">{_blocks(sentence)}</div>' for sentence in found.sentences)
    facts = "".join(f"<div><dt>{escape(word)}</dt><dd>{_lines(value)}</dd></div>" for word, value in found.facts)
    points = "".join(f"<li>{_lines(point)}</li>" for point in found.points)
    pictures = "".join(_figure(picture) for picture in found.pictures)
    return "".join(
        [
            own,
            said,
            pictures,
            f'<dl class="k-facts">{facts}</dl>' if facts else "",
            f'<ul class="k-points">{points}</ul>' if points else "",
            *(_grid(grid, named=grid.caption != found.title) for grid in found.grids),
        ]
    )


def _figure(picture: Picture) -> str:
    said = escape(picture.caption)
    return (
        f'<figure class="k-figure"><div class="k-wide" tabindex="0" role="region" aria-label="{said}">'
        f"{picture.svg}</div><figcaption>{said}</figcaption></figure>"
    )


def _grid(grid: Grid, *, named: bool) -> str:
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in grid.header)
    rows = "".join(
        "<tr>"
        + "".join(f'<td data-label="{escape(w)}">{_lines(c)}</td>' for w, c in zip(grid.header, row, strict=False))
        + "</tr>"
        for row in grid.rows
    )
    look = " k-log" if grid.look == "log" else ""
    hidden = "" if named else ' class="k-unseen"'
    return (
        f'<div class="k-scroll" tabindex="0" role="region" aria-label="Table: {escape(grid.caption)}">'
        f'<table class="k-grid{look}"><caption{hidden}>{escape(grid.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _lines(text: str) -> str:
    return "<br>".join(f"<bdi>{escape(line)}</bdi>" for line in text.split("\n"))


def _blocks(text: str) -> str:
    return "".join(_block(block) for block in blocks(text))


def _block(block: Block) -> str:
    lines = ["".join(_span(span) for span in line) for line in block.lines]
    if block.look == "head":
        return f"<h3>{lines[0]}</h3>"
    if block.look in {"list", "steps"}:
        tag = "ul" if block.look == "list" else "ol"
        items = "".join(f'<li dir="auto">{line}</li>' for line in lines)
        return f"<{tag}>{items}</{tag}>"
    return f'<p dir="auto">{"<br>".join(lines)}</p>'


def _span(span: Span) -> str:
    text = escape(span.text)
    match span.look:
        case "bold":
            return f"<strong>{text}</strong>"
        case "code":
            return f"<code>{text}</code>"
        case "link":
            return f'<a href="{text}" rel="noreferrer nofollow">{text}</a>'
        case _:
            return text
