"""The master keys of this installation: one file, `<home>/keyring.json` (mode 0600), made when first needed.

Hides where keys live and how they are named. Never gives a key to anything but `sealing` and `checkpoints`.
"""

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


@dataclass(frozen=True, slots=True)
class Keyring:
    """Sealing keys by name (the last is current) and the signing key of the log with its name."""

    sealing: dict[str, bytes]
    current: str
    signing_name: str
    signing: Ed25519PrivateKey

    @property
    def public_keys(self) -> dict[str, bytes]:
        """Raw public key of every signing key, by name."""
        return {self.signing_name: self.signing.public_key().public_bytes_raw()}


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process; the file is read once."""
    file = Path(settings.HOME) / "keyring.json"
    if not file.exists():
        _make(file)
    content = json.loads(file.read_text(encoding="utf-8"))
    return Keyring(
        sealing={name: b64decode(raw) for name, raw in content["sealing"].items()},
        current=content["current"],
        signing_name=content["signing_name"],
        signing=Ed25519PrivateKey.from_private_bytes(b64decode(content["signing"])),
    )


def _make(file: Path) -> None:
    content = {
        "sealing": {"k1": b64encode(os.urandom(32)).decode()},
        "current": "k1",
        "signing_name": "s1",
        "signing": b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode(),
    }
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        json.dump(content, out)
        out.flush()
        os.fsync(out.fileno())
    try:
        # link() refuses to replace: of two processes that start together, one wins and both read its file.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
