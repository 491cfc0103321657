"""Mentions in what people write: `@mateo-fuentes`, `@scribe`, `@payments`. Pure.

Hides how a handle is made from a name and found in a text. Never decides who may be mentioned: the candidates do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 20
"""Different handles that count in one text; a longer list is a mailing, for which there is the staff alert."""
_HANDLE = re.compile(r"(?<![\w@/.])@(\w[\w.\-]{0,79})")
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|(`+)(?:(?!\2).)+\2", re.DOTALL)
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a handle may mean. `kind`: person, role or team; `people` are told; `words` say who it is.

    `why_not` says why nobody is told although the handle is known (left, holds no role, may not see it).
    """

    kind: str
    id: str
    words: str
    handle: str
    people: tuple[str, ...] = ()
    why_not: str = ""


def handle_of(name: str) -> str:
    """`Mateo Fuentes` -> `mateo-fuentes`: letters and digits of any script, in small letters."""
    return _GAPS.sub("-", name.casefold()).strip("-")


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The same with a handle of its own for each: the second of a name gets `-2`. Those without any are left out."""
    taken: set[str] = set()
    found = []
    for each in candidates:
        handle, number = each.handle, 1
        while handle in taken:
            number += 1
            handle = f"{each.handle}-{number}"
        if handle:
            taken.add(handle)
            found.append(Candidate(each.kind, each.id, each.words, handle, each.people, each.why_not))
    return found


def handles_in(text: str) -> list[str]:
    """Handles as they stand in the text outside of code, each once, in order; at most `MOST`."""
    spoken = _CODE.sub(" ", text)
    listed = (found.group(1).rstrip(".-") for found in _HANDLE.finditer(spoken))
    return list(dict.fromkeys(handle for handle in listed if handle))[:MOST]


def mentioned(text: str, candidates: Sequence[Candidate]) -> dict[str, Candidate]:
    """By the handle as it was typed: whom it means. The beginning of a name will do where only one begins so."""
    known = {each.handle: each for each in candidates}
    found = {}
    for typed in handles_in(text):
        handle = handle_of(typed)
        match = known.get(handle)
        if match is None:
            begins = [each for name, each in known.items() if name.startswith(f"{handle}-")]
            match = begins[0] if len(begins) == 1 else None
        if match is not None:
            found[typed] = match
    return found
