"""Seals text with AES-256-GCM, for the database and the log. The scope is bound in as associated data.

`seal` uses the installation's key; `seal_for` the key of a scope, which `forget` destroys: what was sealed for it
is then unreadable for ever, while hashes over the sealed text still hold.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from tocsin.core.secrets.keyring import keyring
from tocsin.core.secrets.models import DataKey
from tocsin.kernel.clock import now

ERASED = "(erased)"
_known: ContextVar[dict[str, bytes | None] | None] = ContextVar("keys_once", default=None)


class SealBroken(Exception):
    """The sealed text was changed, or its key is not in the keyring."""


def _encrypt(key: bytes, text: bytes, scope: str) -> str:
    nonce = os.urandom(12)
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, text, scope.encode())).decode()


def _decrypt(key: bytes, sealed: str, scope: str) -> bytes:
    raw = urlsafe_b64decode(sealed)
    try:
        return AESGCM(key).decrypt(raw[:12], raw[12:], scope.encode())
    except InvalidTag as error:
        raise SealBroken(f"What was sealed for '{scope}' was changed or moved.") from error


def seal(text: str, scope: str) -> str:
    """`v1.<key name>.<base64>`; opens only with the same `scope`."""
    ring = keyring()
    return f"v1.{ring.current}.{_encrypt(ring.sealing[ring.current], text.encode(), scope)}"


def open_sealed(sealed: str, scope: str) -> str:
    """The text that `seal` sealed for this scope. Raises `SealBroken`."""
    try:
        version, name, body = sealed.split(".", 2)
        key = keyring().sealing[name]
    except (ValueError, KeyError) as error:
        raise SealBroken("This is not sealed text, or its key is no longer in the keyring.") from error
    if version != "v1":
        raise SealBroken(f"Sealed text of version {version} is not known.")
    return _decrypt(key, body, scope).decode()


def seal_for(scope: str, text: str) -> str:
    """Seal `text` under the key of `scope`, making that key when missing."""
    key = _data_key(scope, make=True)
    return ERASED if key is None else _encrypt(key, text.encode(), scope)


def open_for(scope: str, sealed: str) -> str:
    """The text, or `(erased)` when the key of `scope` was destroyed. Nothing was sealed where nothing stands."""
    if sealed in ("", ERASED):
        return sealed
    key = _data_key(scope, make=False)
    return ERASED if key is None else _decrypt(key, sealed, scope).decode()


def forget(scope: str) -> None:
    """Destroy the key of `scope`: everything sealed for it becomes `(erased)`. Cannot be undone."""
    DataKey.objects.update_or_create(scope=scope, defaults={"wrapped": "", "destroyed_at": now()})


@contextmanager
def keys_once() -> Iterator[None]:
    """Within it the key of each scope is looked up once, for reading many texts at a time; never kept for longer."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def _data_key(scope: str, *, make: bool) -> bytes | None:
    known = None if make else _known.get()
    if known is not None:
        if scope not in known:
            known[scope] = _stored_key(scope, make=False)
        return known[scope]
    return _stored_key(scope, make=make)


def _stored_key(scope: str, *, make: bool) -> bytes | None:
    row = DataKey.objects.filter(scope=scope).first()
    if row is None and make:
        fresh = urlsafe_b64encode(os.urandom(32)).decode()
        row, _ = DataKey.objects.get_or_create(scope=scope, defaults={"wrapped": seal(fresh, f"key:{scope}")})
    if row is None or not row.wrapped:
        return None
    return urlsafe_b64decode(open_sealed(row.wrapped, f"key:{scope}"))


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that stands sealed in the database and open in Python. Cannot be filtered on."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Open what the database holds."""
        return open_sealed(value, self._scope) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes to the database."""
        return seal(value, self._scope) if value else value

    @property
    def _scope(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"
