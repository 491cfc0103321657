"""When two alerts are the same one: label sets, fingerprints and the scope of a deduplication key.

Hides the hashing. Never looks at values beyond dropping the empty ones, as Alertmanager does.
"""

import hashlib
from collections.abc import Mapping, Sequence

Labels = Mapping[str, str]

_FNV_OFFSET = 14695981039346656037
_FNV_PRIME = 1099511628211
_SEPARATOR = b"\xff"
_SHORT = [length.to_bytes(8, "big").decode("ascii") for length in range(128)]


def clean(labels: Labels) -> dict[str, str]:
    """The labels without the empty ones: a label set to nothing is the same as none."""
    # A copy costs a tenth of looking at each.
    return dict(labels) if all(labels.values()) else {name: value for name, value in labels.items() if value}


def fingerprint(labels: Labels) -> str:
    """64 hex digits that are the same for the same label set, in any order, on any machine."""
    return _digest([part for pair in sorted(labels.items()) if pair[1] for part in pair])


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


def _digest(parts: Sequence[str]) -> str:
    """Each part with its length (8 bytes) in front, so that no two lists of parts can look alike."""
    # Nearly always all parts are short and ASCII: then text and bytes are the same, and one join is enough.
    if max(map(len, parts), default=0) < len(_SHORT):
        text = "".join([_SHORT[len(part)] + part for part in parts])
        if text.isascii():
            return hashlib.sha256(text.encode()).hexdigest()
    raws = map(_bytes, parts)
    return hashlib.sha256(b"".join([len(raw).to_bytes(8, "big") + raw for raw in raws])).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
