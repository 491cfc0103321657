"""What people said, as it is read: a corrected note in its last words, one that was taken back not at all. Pure.

The log keeps every version; readers of a timeline or a report see what stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from tocsin.core.log import Event, Recorded
from tocsin.domain.incidents.events import Noted, NoteEdited, NoteTakenBack

CORRECTIONS = (NoteEdited.type_name, NoteTakenBack.type_name)


@dataclass(frozen=True, slots=True)
class Correction:
    """The newest thing that its author did to a note; `text` None: took it back."""

    at: datetime
    text: str | None
    mentions: tuple[str, ...] = ()


def corrections(entries: Iterable[Recorded[Event]]) -> dict[str, Correction]:
    """The last correction of each note, by its id; entries in any order."""
    found: dict[str, tuple[int, Correction]] = {}
    for entry in entries:
        match entry.event:
            case NoteEdited(note=note, text=text, mentions=mentions):
                made = Correction(entry.occurred_at, text, mentions)
            case NoteTakenBack(note=note):
                made = Correction(entry.occurred_at, None)
            case _:
                continue
        if note not in found or found[note][0] < entry.seq:
            found[note] = (entry.seq, made)
    return {note: made for note, (_, made) in found.items()}


def as_it_stands(entries: Iterable[Recorded[Event]], known: dict[str, Correction]) -> Iterator[Recorded[Event]]:
    """The entries with notes in their last words, without those taken back and without the corrections themselves."""
    for entry in entries:
        event = entry.event
        if isinstance(event, NoteEdited | NoteTakenBack):
            continue
        if not isinstance(event, Noted) or event.note not in known:
            yield entry
            continue
        made = known[event.note]
        if made.text is not None:
            yield replace(entry, event=msgspec.structs.replace(event, text=made.text, mentions=made.mentions))
