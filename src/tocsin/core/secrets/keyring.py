"""The master keys of this installation: one file, `<home>/keyring.json` (mode 0600), made when first needed.

Hides where keys live, how they are named, and that they may be renewed while everything runs. Never gives a key to
anything but `sealing`, `checkpoints` and `renewing`. Machines that share a database share this file.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tocsin.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Keyring:
    """Sealing keys by name, which of them is current and since when, and the signing key of the log with its name.

    `retired_signing` are the public halves of the signing keys before it: what they signed is checked with them.
    """

    sealing: dict[str, bytes]
    current: str
    signing_name: str
    signing: Ed25519PrivateKey
    retired_signing: dict[str, bytes] = field(default_factory=dict)
    renewed_at: datetime | None = None

    @property
    def public_keys(self) -> dict[str, bytes]:
        """Raw public key of every signing key there ever was, by name."""
        return {**self.retired_signing, self.signing_name: self.signing.public_key().public_bytes_raw()}


_held: tuple[tuple[int, int], Keyring] | None = None


def keyring() -> Keyring:
    """The keyring as its file says now; read again only when the file was replaced."""
    global _held
    file = _file()
    try:
        found = file.stat()
    except FileNotFoundError:
        _make(file)
        found = file.stat()
    mark = (found.st_mtime_ns, found.st_ino)
    if _held is None or _held[0] != mark:
        _held = (mark, _read(file))
    return _held[1]


def renew() -> Keyring:
    """Add a sealing key and a signing key, which are current from now on. The earlier ones still open and verify."""
    with _alone():
        content = _content()
        sealing, signing = _next("k", content["sealing"]), _next("s", _signing_names(content))
        public = Ed25519PrivateKey.from_private_bytes(b64decode(content["signing"])).public_key().public_bytes_raw()
        content["retired_signing"] = {**content.get("retired_signing", {}), content["signing_name"]: _text(public)}
        content["sealing"][sealing] = _text(os.urandom(32))
        content["signing"] = _text(Ed25519PrivateKey.generate().private_bytes_raw())
        content |= {"current": sealing, "signing_name": signing, "renewed_at": now().isoformat()}
        _written(content).replace(_file())
    return keyring()


def drop(name: str) -> None:
    """Forget a sealing key that is not the current one. What is still sealed under it is lost."""
    with _alone():
        content = _content()
        if name == content["current"]:
            raise ValueError(f"{name} is the current key")
        del content["sealing"][name]
        _written(content).replace(_file())


def _file() -> Path:
    return Path(settings.HOME) / "keyring.json"


def _read(file: Path) -> Keyring:
    content = json.loads(file.read_text(encoding="utf-8"))
    renewed = content.get("renewed_at")
    return Keyring(
        sealing={name: b64decode(raw) for name, raw in content["sealing"].items()},
        current=content["current"],
        signing_name=content["signing_name"],
        signing=Ed25519PrivateKey.from_private_bytes(b64decode(content["signing"])),
        retired_signing={name: b64decode(raw) for name, raw in content.get("retired_signing", {}).items()},
        renewed_at=datetime.fromisoformat(renewed) if renewed else None,
    )


def _make(file: Path) -> None:
    draft = _written(
        {
            "sealing": {"k1": _text(os.urandom(32))},
            "current": "k1",
            "signing_name": "s1",
            "signing": _text(Ed25519PrivateKey.generate().private_bytes_raw()),
        }
    )
    try:
        # link() refuses to replace: of two processes that start together, one wins and both read its file.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _content() -> dict[str, Any]:
    keyring()  # makes the file where there is none yet
    content: dict[str, Any] = json.loads(_file().read_text(encoding="utf-8"))
    return content


def _written(content: dict[str, Any]) -> Path:
    """A draft beside the file, safely on disk."""
    draft = _file().with_name(f".{_file().name}.{os.getpid()}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        json.dump(content, out)
        out.flush()
        os.fsync(out.fileno())
    return draft


@contextmanager
def _alone() -> Iterator[None]:
    """One renewal at a time on this machine."""
    with _file().with_name("keyring.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _signing_names(content: dict[str, Any]) -> list[str]:
    return [content["signing_name"], *content.get("retired_signing", {})]


def _next(letter: str, names: Any) -> str:
    return f"{letter}{max(int(name[1:]) for name in names) + 1}"


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
