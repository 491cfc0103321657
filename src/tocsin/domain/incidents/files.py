"""Bytes that people bring to incidents, in the house's own folder, named by id and never by what people call them.

Hides the folder and how a type is told from the bytes. Decides nothing about who may have them.
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tocsin.kernel.errors import Invalid, NotFound

LARGEST = 25 * 1024 * 1024
QUOTA = 250 * 1024 * 1024
"""A file, and all files of one incident together."""
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
)


def keep(incident: UUID, id_: UUID, chunks: Iterable[bytes], room: int) -> tuple[int, str, str]:
    """Write the bytes; returns size, SHA-256 and sniffed type. Raises `Invalid` when they are too many, or none.

    Nothing stays behind when it refuses.
    """
    place = _place(incident, id_)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part, digest, size, head = place.with_suffix(".part"), sha256(), 0, b""
    try:
        with part.open("xb") as out:
            part.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > min(LARGEST, room):
                    raise Invalid(_too_large(room), field="file")
                head = head or chunk[:4096]
                digest.update(chunk)
                out.write(chunk)
        if not size:
            raise Invalid("file: it is empty; choose another.", field="file")
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    return size, digest.hexdigest(), sniffed(head)


def path_of(incident: UUID, id_: UUID) -> Path:
    """Where the bytes are. Raises `NotFound` when they are gone."""
    place = _place(incident, id_)
    if not place.is_file():
        raise NotFound("The bytes of this file are not here; restore the backup that holds them.")
    return place


def drop(incident: UUID, id_: UUID) -> None:
    """Remove the bytes; nothing happens when they are gone already."""
    _place(incident, id_).unlink(missing_ok=True)


def sniffed(head: bytes) -> str:
    """The type as the first bytes say it; what somebody calls the file counts for nothing."""
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    try:
        text = head.decode("utf-8", errors="strict") if len(head) < 4096 else head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain" if "\0" not in text else "application/octet-stream"


def _place(incident: UUID, id_: UUID) -> Path:
    return Path(settings.HOME) / "files" / str(incident) / str(id_)


def _too_large(room: int) -> str:
    if room < LARGEST:
        left = max(0, room) // (1024 * 1024)
        return f"file: the files of this incident have {left} MB left; remove one, or bring a smaller one."
    return f"file: at most {LARGEST // (1024 * 1024)} MB; split it, or link to it in a note."
