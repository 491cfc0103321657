"""Reads the little markup that people use in a report: paragraphs, lists, headings, **bold**, `code`, addresses.

Everything else is plain text, whatever it looks like: there is no way to write markup of any output format. Pure.
"""

import re
from dataclasses import dataclass

_ITEM = re.compile(r"^\s*(?:[-*\N{BULLET}]|\d{1,3}[.)])\s+(.*)$")
_NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_SPAN = re.compile(r"\*\*([^*\n]+)\*\*|`([^`\n]+)`|(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]")
"""Control characters, and those that turn the direction of text: a report must not read otherwise than it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text. `look`: '', bold, code or link."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a list; `lines` are its lines or items. `look`: para, head, list or steps."""

    look: str
    lines: tuple[tuple[Span, ...], ...]


def clean(text: str) -> str:
    """The text without control characters, with one kind of line end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def blocks(text: str) -> tuple[Block, ...]:
    """The text as blocks, in its order. Linear in its length."""
    found: list[Block] = []
    pending: list[str] = []
    look = ""
    for line in [*clean(text).split("\n"), ""]:
        kind = _kind(line)
        if pending and (kind != look or not kind):
            found.append(_block(look, pending))
            pending = []
        if kind == "head":
            found.append(_block("head", [line]))
        elif kind:
            pending.append(line)
        look = kind
    return tuple(found)


def plain(text: str, longest: int = 0) -> str:
    """One line of it, for a cell or a list; cut at a word when longer than `longest`."""
    line = " ".join(clean(text).split())
    if not longest or len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(",;:") + "\N{HORIZONTAL ELLIPSIS}"


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if _HEADING.match(line):
        return "head"
    if _ITEM.match(line):
        return "steps" if _NUMBERED.match(line) else "list"
    return "para"


def _block(look: str, lines: list[str]) -> Block:
    pattern = _HEADING if look == "head" else _ITEM if look in {"list", "steps"} else None
    texts = []
    for line in lines:
        matched = pattern.match(line) if pattern else None
        texts.append(matched[1] if matched else line)
    return Block(look, tuple(_spans(text) for text in texts))


def _spans(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    position = 0
    for match in _SPAN.finditer(text):
        if match.start() > position:
            found.append(Span(text[position : match.start()]))
        bold, code, link = match.groups()
        found.append(Span(bold, "bold") if bold else Span(code, "code") if code else Span(link, "link"))
        position = match.end()
    if position < len(text):
        found.append(Span(text[position:]))
    return tuple(found)
