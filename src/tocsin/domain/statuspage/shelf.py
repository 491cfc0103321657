"""The served files in memory: read from the store when their version changes, kept on disk, never lost when it is down.

Hides the store behind a dictionary. Never renders, and never waits for the database to answer a reader.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog
from django.db import Error, close_old_connections

from tocsin.domain.statuspage.models import Asset, Publication

log = structlog.get_logger()
ROOT = "/status/"
LOOK_EVERY = 0.5
_API = "api/v2/"
_CHUNK = 100
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
Headers = list[tuple[bytes, bytes]]


class _File(msgspec.Struct, frozen=True):
    path: str
    content_type: str
    body: bytes
    packed: bytes
    etag: str


class _Copy(msgspec.Struct, frozen=True):
    identity: str
    files: list[_File]


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of a file, with all its headers made: what a reader gets without another thought."""

    etag: bytes
    headers: Headers
    unchanged: Headers
    body: bytes
    start: dict[str, object]
    end: dict[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is served: plain, and packed where that is smaller."""

    plain: Variant
    packed: Variant | None


class Shelf:
    """All files by the path of their address. Readers see the old ones or the new ones, never half of both."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "status-page.msgpack"
        self._identity = ""
        self._files: dict[str, _File] = {}
        self.served: dict[str, Kept] = {}

    @property
    def empty(self) -> bool:
        """True while no page is published."""
        return not self.served

    def load_copy(self) -> None:
        """Take the last good files from disk, so that they are served before the database answers, or without it."""
        try:
            copy = msgspec.msgpack.decode(self._copy.read_bytes(), type=_Copy)
        except FileNotFoundError:
            return
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("status_page_copy_unreadable", error=str(error))
            return
        # Its identity is not taken over: the store has the last word as soon as it answers.
        self._put(copy.files)

    def refresh(self) -> bool:
        """Take over what changed in the store; True when anything did. One query if not."""
        row = Publication.objects.filter(single=True).values_list("version", "rendered_at").first()
        identity = f"{row[0]}:{row[1].isoformat() if row[1] else ''}" if row else "none"
        if identity == self._identity:
            return False
        listed = dict(Asset.objects.values_list("path", "etag"))
        kept = {path: file for path, file in self._files.items() if listed.get(path) == file.etag}
        wanted = [path for path in listed if path not in kept]
        for start in range(0, len(wanted), _CHUNK):
            for asset in Asset.objects.filter(path__in=wanted[start : start + _CHUNK]):
                body, packed = bytes(asset.body), bytes(asset.packed)
                kept[asset.path] = _File(asset.path, asset.content_type, body, packed, asset.etag)
        differs = bool(wanted) or len(kept) != len(self._files)
        self._identity = identity
        if differs:
            self._put(kept.values())
            self._keep()
        return differs

    def _put(self, files: Iterable[_File]) -> None:
        listed = list(files)
        served: dict[str, Kept] = {}
        for file in listed:
            made = _kept(file)
            served[ROOT + file.path.removesuffix("index.html")] = made
            if file.path.startswith(_API):
                served[f"/{file.path}"] = made
        self._files = {file.path: file for file in listed}
        self.served = served

    def _keep(self) -> None:
        try:
            self._copy.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._copy.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(msgspec.msgpack.encode(_Copy(self._identity, list(self._files.values()))))
            fresh.replace(self._copy)
        except OSError as error:
            log.warning("status_page_copy_not_kept", error=str(error))


def _kept(file: _File) -> Kept:
    plain = _variant(file, file.body, "", packed=False)
    return Kept(plain, _variant(file, file.packed, "-gz", packed=True) if file.packed else None)


def _variant(file: _File, body: bytes, mark: str, *, packed: bool) -> Variant:
    etag = f'"{file.etag}{mark}"'.encode()
    forever = file.path.startswith("assets/status.")
    age = b"public, max-age=31536000, immutable" if forever else b"public, max-age=5, stale-if-error=86400"
    shared: Headers = [(b"etag", etag), (b"cache-control", age), (b"vary", b"accept-encoding")]
    if not file.content_type.startswith("text/html"):
        shared.append((b"access-control-allow-origin", b"*"))
    headers: Headers = [
        (b"content-type", file.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *shared,
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"content-security-policy", _POLICY.encode()),
    ]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    # The two messages of ASGI, made once: a traffic spike is answered without building anything.
    start: dict[str, object] = {"type": "http.response.start", "status": 200, "headers": headers}
    return Variant(etag, headers, shared, body, start, {"type": "http.response.body", "body": body})


class Keeper:
    """A thread that looks twice a second whether there is something new, for as long as the process serves."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve the copy on disk at once, then look."""
        self._shelf.load_copy()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="status-page", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        unwell = False
        while not self._stopping.is_set():
            try:
                close_old_connections()
                self._shelf.refresh()
                unwell = False
            except Error as error:
                # Said once: the page goes on being served as it was last known.
                if not unwell:
                    log.warning("status_page_store_unwell", error=str(error))
                unwell = True
            self._stopping.wait(LOOK_EVERY)
        close_old_connections()
