"""When two alerts are the same one: label sets, fingerprints and the scope of a deduplication key.

Hides the hashing. Never looks at values beyond dropping the empty ones, as Alertmanager does.
"""

import hashlib
from collections.abc import Iterable, Mapping

Labels = Mapping[str, str]

_FNV_OFFSET = 14695981039346656037
_FNV_PRIME = 1099511628211
_SEPARATOR = b"\xff"


def clean(labels: Labels) -> dict[str, str]:
    """The labels without the empty ones: a label set to nothing is the same as none."""
    return {name: value for name, value in labels.items() if value}


def fingerprint(labels: Labels) -> str:
    """64 hex digits that are the same for the same label set, in any order, on any machine."""
    pairs = sorted(clean(labels).items())
    return _digest(part for pair in pairs for part in pair)


def alertmanager_fingerprint(labels: Labels) -> str:
    """16 hex digits as Alertmanager computes and `amtool` shows them (FNV-1a over sorted labels)."""
    value = _FNV_OFFSET
    for name, text in sorted(clean(labels).items()):
        for byte in _bytes(name) + _SEPARATOR + _bytes(text) + _SEPARATOR:
            value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def dedup_id(scope: str, key: str) -> str:
    """64 hex digits for a key within its scope (the integration): two sources never share an alert."""
    return _digest((scope, key))


def shard_of(scope: str, key: str, shards: int) -> int:
    """Which of `shards` folds this alert; always the same one, so that a resolve cannot overtake its trigger."""
    return int(dedup_id(scope, key)[:15], 16) % shards


def _digest(parts: Iterable[str]) -> str:
    """Each part with its length in front, so that no two lists of parts can look alike."""
    hashed = hashlib.sha256()
    for part in parts:
        raw = _bytes(part)
        hashed.update(len(raw).to_bytes(8, "big"))
        hashed.update(raw)
    return hashed.hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
