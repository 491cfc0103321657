"""Makes a PDF of a report's content, in a process of its own: `python -m tocsin.domain.knowledge.typesetting`.

Reads the content (JSON) from standard input and writes one line of JSON about the result, then the PDF. A process of
its own can be stopped when a report is too much for it, and gives its memory back. Never imports Django.
"""

import json
import re
import sys
import unicodedata
from importlib.resources import files

import typst

ACCESSIBLE = "ua-1"
_TRIES = 12


def typeset(content: str) -> tuple[bytes, str, str]:
    """The PDF, its standard, and a note when something could not be shown. Raises `typst.TypstError`.

    PDF/UA allows no letter without a shape. A symbol (an emoji) that no font of this machine has is written as its
    name; a letter that none has is left to the reader's fonts, and the file is then tagged but not PDF/UA.
    """
    source = files(__package__).joinpath("writing/report.typ").read_bytes()
    missing: set[str] = set()
    for _ in range(_TRIES):
        try:
            pdf = _compile(source, content, accessible=True)
            return pdf, ACCESSIBLE, _note(missing)
        except typst.TypstError as error:
            symbols = _unshown(str(error))
            if not symbols:
                raise
            if any(unicodedata.category(c).startswith("L") for c in symbols):
                break
            missing |= symbols
            content = _named(content, symbols)
    said = "No font of this machine has some letters of this report, so the PDF is tagged but not PDF/UA; install Noto."
    return _compile(source, content, accessible=False), "tagged", said


def _compile(source: bytes, content: str, *, accessible: bool) -> bytes:
    given = {"report": content}
    if accessible:
        return typst.compile(source, format="pdf", sys_inputs=given, pdf_standards="ua-1")
    return typst.compile(source, format="pdf", sys_inputs=given)


def _unshown(message: str) -> set[str]:
    """The characters that the typesetter says no font has."""
    start, end = message.find('`"'), message.find('"` could not be displayed')
    if start < 0 or end < 0:
        return set()
    quoted = message[start + 2 : end]
    for code in [part.partition("}")[0] for part in quoted.split("\\u{")[1:]]:
        quoted = quoted.replace(f"\\u{{{code}}}", chr(int(code, 16)))
    return {c for c in quoted if ord(c) > 127 or ord(c) < 32}


def _named(content: str, symbols: set[str]) -> str:
    """The content with these symbols by name; other emoji go with them, so that few tries are needed."""

    def is_gone(c: str) -> bool:
        return c in symbols or (ord(c) >= 0x1F000 and unicodedata.category(c) in {"So", "Sk", "Cn"})

    def shown(c: str) -> str:
        name = unicodedata.name(c, "").lower()
        plain = unicodedata.category(c) in {"Mn", "Cf", "Cc", "Me"}
        return "" if plain else f"[{name or 'unknown sign'}]"

    return "".join(shown(c) if is_gone(c) else c for c in content)


def _note(missing: set[str]) -> str:
    return "Symbols that no font of this machine has are written as their names." if missing else ""


def _pages(pdf: bytes) -> int:
    return max((int(count) for count in re.findall(rb"/Type/Pages/Count (\d+)", pdf)), default=0)


def main() -> int:
    """Standard input to standard output; 1 and a reason when it cannot be typeset."""
    try:
        pdf, standard, note = typeset(sys.stdin.buffer.read().decode())
    except typst.TypstError as error:
        sys.stdout.write(json.dumps({"error": str(error)[:1000]}) + "\n")
        return 1
    sys.stdout.buffer.write(
        json.dumps({"standard": standard, "note": note, "pages": _pages(pdf)}).encode() + b"\n" + pdf
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
