"""The hash chain of the event log, and the verifier of an exported log. Needs no database and no Django.

One stream is one chain: every entry carries the hash of the one before it. A checkpoint signs the heads of all
streams that changed, and the checkpoint before it, so that a cut tail or a dropped stream is found as well.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64
_FIELDS = (
    "stream",
    "seq",
    "type",
    "actor_id",
    "actor_name",
    "occurred_at",
    "recorded_at",
    "audience",
    "data",
    "previous_hash",
)


def entry_hash(entry: dict[str, str | int]) -> str:
    """SHA-256 (hex) over every field of an entry, each preceded by its length, so that no two entries collide
    by moving a boundary. Times are ISO 8601 in UTC with microseconds."""
    digest = hashlib.sha256()
    for name in _FIELDS:
        value = str(entry[name]).encode()
        digest.update(len(value).to_bytes(8, "big"))
        digest.update(value)
    return digest.hexdigest()


def checkpoint_body(number: int, at: str, previous: str, heads: dict[str, tuple[int, str]]) -> str:
    """Canonical text of a checkpoint: what is signed. `previous` is the signature of the one before."""
    ordered = {key: list(heads[key]) for key in sorted(heads)}
    return json.dumps(
        {"number": number, "at": at, "previous": previous, "heads": ordered},
        separators=(",", ":"),
        sort_keys=True,
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a log, in words."""

    stream: str
    seq: int
    sentence: str


@dataclass(slots=True)
class Head:
    """Where a stream stands: the number and hash of its last entry."""

    seq: int = 0
    hash: str = GENESIS


class Verifier:
    """Checks entries (each stream in order of seq) and checkpoints, and collects `faults`.

    Feed `entry` for every entry, then `checkpoint` for every checkpoint in order, then call `finish`.
    `hashes` remembers every (stream, seq) -> hash that a checkpoint may name.
    """

    def __init__(self, public_keys: dict[str, bytes]) -> None:
        self._keys = {name: Ed25519PublicKey.from_public_bytes(raw) for name, raw in public_keys.items()}
        self._heads: dict[str, Head] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._previous_signature = ""
        self._next_number = 1
        self.faults: list[Fault] = []
        self.entries = 0
        self.checkpoints = 0

    @property
    def heads(self) -> dict[str, Head]:
        """Head of every stream seen so far."""
        return self._heads

    def entry(self, entry: dict[str, str | int]) -> None:
        """Check one entry against the one before it in its stream."""
        self.entries += 1
        stream, seq = str(entry["stream"]), int(entry["seq"])
        head = self._heads.setdefault(stream, Head())
        if seq != head.seq + 1:
            self._fault(stream, seq, f"entry {head.seq + 1} is missing: {seq} follows {head.seq}")
        elif entry["previous_hash"] != head.hash:
            self._fault(stream, seq, f"entry {seq} does not follow the entry before it")
        if entry_hash(entry) != entry["hash"]:
            self._fault(stream, seq, f"entry {seq} was changed after it was written")
        head.seq, head.hash = seq, str(entry["hash"])
        self._hashes[stream, seq] = head.hash

    def checkpoint(self, body: str, signature: str, key: str) -> None:
        """Check one checkpoint: its signature, its link to the one before, and every head that it names."""
        self.checkpoints += 1
        try:
            content = json.loads(body)
            number, heads = int(content["number"]), content["heads"]
        except (ValueError, KeyError, TypeError):
            self._fault("", 0, f"checkpoint {self._next_number} cannot be read")
            return
        if not self._signed(body, signature, key):
            self._fault("", number, f"checkpoint {number} bears no valid signature")
        if number != self._next_number:
            self._fault("", number, f"checkpoint {self._next_number} is missing")
        elif content["previous"] != self._previous_signature:
            self._fault("", number, f"checkpoint {number} does not follow the checkpoint before it")
        self._next_number, self._previous_signature = number + 1, signature
        for stream, (seq, hash_) in heads.items():
            self._head_holds(number, stream, seq, hash_)

    def checkpoint_of(self, stream: str, body: str, signature: str, key: str) -> None:
        """Check what one checkpoint says of one stream, for a reader who has only that stream's entries."""
        self.checkpoints += 1
        content = json.loads(body)
        if not self._signed(body, signature, key):
            self._fault(stream, 0, f"checkpoint {content['number']} bears no valid signature")
        if stream in content["heads"]:
            self._head_holds(content["number"], stream, *content["heads"][stream])

    def _signed(self, body: str, signature: str, key: str) -> bool:
        public = self._keys.get(key)
        if public is None:
            return False
        try:
            public.verify(bytes.fromhex(signature), body.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _head_holds(self, number: int, stream: str, seq: int, hash_: str) -> None:
        found = self._hashes.get((stream, seq))
        if found is None:
            self._fault(stream, seq, f"checkpoint {number} saw {seq} entries, but the end of the stream is gone")
        elif found != hash_:
            self._fault(stream, seq, f"entry {seq} is not the one that checkpoint {number} signed")

    def _fault(self, stream: str, seq: int, sentence: str) -> None:
        self.faults.append(Fault(stream, seq, sentence))


def verify_export(lines: Iterable[str], trusted_keys: dict[str, bytes] | None = None) -> Verifier:
    """Verify an exported log (JSON lines: one `header`, then `entry` and `checkpoint` lines).

    `trusted_keys` are the public keys to believe; without them the export's own header is used, which proves
    that nothing changed since the export was signed but not who signed it.
    Raises `ValueError` when the file is not an exported log.
    """
    parsed = _parse(lines)
    header = next(parsed, None)
    if header is None or header.get("kind") != "header":
        raise ValueError("This is not an exported log: its first line must be the header.")
    keys = trusted_keys or {name: bytes.fromhex(raw) for name, raw in header["keys"].items()}
    verifier = Verifier(keys)
    for line in parsed:
        if line["kind"] == "entry":
            verifier.entry(line)
        elif line["kind"] == "checkpoint":
            verifier.checkpoint(line["body"], line["signature"], line["key"])
    return verifier


def _parse(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError as error:
            raise ValueError(f"Line {number} of the export is not JSON.") from error
