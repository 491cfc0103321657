"""What a push service carries without being able to read it (RFC 8291, content coding aes128gcm of RFC 8188), and
the token by which it knows the sender (VAPID, RFC 8292). Pure but for fresh keys and salts.
"""

import json
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tocsin.integrations.webpush.config import encoded, public_bytes

RECORD = 4096
MOST = RECORD - 86 - 17
"""Bytes of text: push services take 4,096 in all, of which header, padding mark and tag are not text."""
TOKEN_LASTS = timedelta(hours=12)


def sealed(
    text: bytes,
    *,
    receiver: bytes,
    secret: bytes,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body for the subscription with this public key and secret. Salt and key are fresh unless given."""
    salt, key = salt or os.urandom(16), key or ec.generate_private_key(ec.SECP256R1())
    sender = public_bytes(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver))
    material = _derived(shared, secret, b"WebPush: info\x00" + receiver + sender, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4) + bytes([len(sender)]) + sender
    # 2 marks the last record; there is only one.
    return head + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def vapid(url: str, *, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime) -> str:
    """The Authorization header for a push service: a token for its origin, signed with the organisation's key."""
    parts = urlsplit(url)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + TOKEN_LASTS).timestamp()),
        "sub": contact,
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}, k={encoded(public_bytes(key))}"


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)


def _json(value: dict[str, object]) -> str:
    return encoded(json.dumps(value, separators=(",", ":")).encode())
