"""A language that nobody speaks: every English letter becomes one that is written from right to left.

What is still in Latin letters on a page in this language was never given to the translators.
"""

import re
import struct
from gettext import GNUTranslations
from pathlib import Path

ENGLISH = Path(__file__).parent.parent / "locale" / "en" / "LC_MESSAGES" / "django.mo"
_KEPT = re.compile(r"%\(\w+\)[sd]|%%")
_LETTERS = str.maketrans(
    {chr(ord("a") + n): chr(0x5D0 + n) for n in range(26)} | {chr(ord("A") + n): chr(0x5D0 + n) for n in range(26)}
)


def turned(text: str) -> str:
    """The text in the language, a third longer, its places for values kept."""
    parts, end = [], 0
    for found in _KEPT.finditer(text):
        parts += [text[end : found.start()].translate(_LETTERS), found[0]]
        end = found.end()
    longer = "\u05d0" * (len(text) // 3)
    return "".join([*parts, text[end:].translate(_LETTERS)]) + (f" {longer}" if text.strip() else "")


def write(folder: Path, code: str) -> None:
    """Compile the language as `code` below `folder`, as gettext does."""
    with ENGLISH.open("rb") as english:
        catalog: dict[object, str] = GNUTranslations(english)._catalog  # type: ignore[attr-defined]
    singles = {str(key): turned(text) for key, text in catalog.items() if isinstance(key, str) and key}
    plurals: dict[str, dict[int, str]] = {}
    for key, text in catalog.items():
        if isinstance(key, tuple):
            plurals.setdefault(key[0], {})[key[1]] = text
    messages = dict(singles)
    for single, forms in plurals.items():
        messages[f"{single}\0{forms[1]}"] = f"{turned(forms[0])}\0{turned(forms[1])}"
    messages[""] = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
    target = folder / code / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(_mo(messages))


def _mo(messages: dict[str, str]) -> bytes:
    pairs = [(key.encode(), text.encode()) for key, text in sorted(messages.items())]
    start = 7 * 4 + 16 * len(pairs)
    names, texts, body = [], [], b""
    for column, into in ((0, names), (1, texts)):
        for pair in pairs:
            into += [len(pair[column]), start + len(body)]
            body += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + struct.pack(f"<{4 * len(pairs)}I", *names, *texts) + body
