"""The file of a backup: a compressed tar that begins with what it is and ends with the sum of every part.

Hides the order of its parts. A file that was cut short has no end, and says so. Never touches a database.
"""

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid

FORMAT = 1
HEADER, MANIFEST = "header.json", "manifest.json"
_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is: who made it, when (ISO 8601), from which database, and which migrations it stands at."""

    format: int
    version: str
    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    columns: dict[str, list[str]]


@dataclass(slots=True)
class Manifest:
    """Rows of each table, and the SHA-256 of each part of the file."""

    rows: dict[str, int] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)


class Writer:
    """Writes the parts one after the other; `close` adds the end that makes the file whole."""

    def __init__(self, out: BinaryIO, header: Header) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|gz")  # noqa: SIM115 - closed by `close`
        self.manifest = Manifest()
        self._add(HEADER, json.dumps(asdict(header)).encode())

    def table(self, name: str, lines: Iterable[str]) -> None:
        """One table, a line for each row."""
        count = 0
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            for line in lines:
                spool.write(line.encode() + b"\n")
                count += 1
            size = spool.tell()
            spool.seek(0)
            self._stream(f"tables/{name}", spool, size)
        self.manifest.rows[name] = count

    def file(self, name: str, path: Path) -> None:
        """One file of the installation. It must not grow meanwhile."""
        with path.open("rb") as source:
            self._stream(name, source, path.stat().st_size)

    def close(self) -> Manifest:
        """Write the end. Without it the file counts as damaged."""
        self._add(MANIFEST, json.dumps(asdict(self.manifest)).encode())
        self._tar.close()
        return self.manifest

    def _add(self, name: str, content: bytes) -> None:
        self._stream(name, io.BytesIO(content), len(content))

    def _stream(self, name: str, source: IO[bytes], size: int) -> None:
        summed = _Summed(source)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, now().timestamp()
        self._tar.addfile(entry, summed)
        self.manifest.sums[name] = summed.sum.hexdigest()


class _Summed:
    """A stream that is summed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.sum = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        content = self._source.read(size)
        self.sum.update(content)
        return content


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a backup while it is read; `stream` is valid until the next part is asked for."""

    name: str
    stream: IO[bytes]

    def lines(self) -> Iterator[str]:
        """The rows of a table."""
        for line in self.stream:
            yield line.decode().rstrip("\n")


def header_of(path: Path) -> Header:
    """The first part of the file. Raises `Invalid` when it is no backup."""
    for part in parts(path):
        return _header(part, path)
    raise Invalid(f"{path} is empty; it is no backup of Tocsin.", field="file")


def parts(path: Path) -> Iterator[Part]:
    """Every part in the order of the file. Raises `Invalid` where the file ends early or cannot be read."""
    with _readable(path), tarfile.open(path, mode="r|gz") as tar:
        for entry in tar:
            stream = tar.extractfile(entry)
            if stream is not None:
                yield Part(entry.name, stream)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise Invalid(f"{path} cannot be read as a backup ({error}); take another copy of it.", field="file") from error


def check(path: Path) -> tuple[Header, Manifest]:
    """Read the whole file and compare every part with its sum. Raises `Invalid` naming what is damaged."""
    sums: dict[str, str] = {}
    header: Header | None = None
    said: Manifest | None = None
    with _readable(path):
        for part in parts(path):
            if part.name == MANIFEST:
                said = Manifest(**json.loads(part.stream.read()))
                continue
            content = _Summed(part.stream)
            if part.name == HEADER:
                header = _header(Part(HEADER, io.BytesIO(content.read())), path)
            while content.read(1 << 20):
                pass
            sums[part.name] = content.sum.hexdigest()
    if header is None or said is None:
        raise Invalid(f"{path} ends before its last part: the backup was cut short; take another copy.", field="file")
    for name in sorted(said.sums.keys() | sums.keys()):
        if said.sums.get(name) != sums.get(name):
            raise Invalid(f"{path}: '{name}' is damaged; take another copy of the backup.", field="file")
    return header, said


def _header(part: Part, path: Path) -> Header:
    try:
        content = json.loads(part.stream.read()) if part.name == HEADER else None
        header = Header(**content) if content else None
    except (ValueError, TypeError):
        header = None
    if header is None:
        raise Invalid(f"{path} is no backup of Tocsin: it does not begin with '{HEADER}'.", field="file")
    if header.format != FORMAT:
        mend = "install the version of Tocsin that made it"
        raise Invalid(f"{path} has format {header.format}, which this version cannot read; {mend}.", field="file")
    return header
