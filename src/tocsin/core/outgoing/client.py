"""One request, one answer. Tells apart 'nothing was sent' from 'nobody knows', which decides about a second try."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

import httpcore
import httpx
from cryptography.x509 import load_der_x509_certificate

from tocsin.core.outgoing.addresses import AddressRefused
from tocsin.core.outgoing.connect import CheckedBackend, Deadline
from tocsin.kernel.errors import Invalid

TIMEOUT = 10.0
MAX_BYTES = 256 * 1024
_URL_LENGTH = 2000


class OutgoingError(Exception):
    """The exchange did not succeed; the message is one sentence without any part of a body."""


class BadUrl(OutgoingError):
    """This is not an http or https address."""


class Unreachable(OutgoingError):
    """No connection: nothing was sent, so that trying again cannot double anything."""


class NoAnswer(OutgoingError):
    """The request went out and no whole answer came back: it may or may not have had its effect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `content` is as it came, cut at the cap (`truncated`); header names in lower case.

    `certificate_until`: when the certificate that it showed runs out; None without TLS.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    truncated: bool
    duration_ms: int
    certificate_until: datetime | None = None

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """'404 Not Found': the standard's phrase, not the other side's text."""
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)


def open_port(host: str, port: int, *, tls: bool = False, timeout: float = TIMEOUT) -> Answer:
    """Open a connection, with a TLS handshake where asked for, and close it. `status` is 0, there is no content.

    Raises `AddressRefused`, `Unreachable`: also when the certificate is not valid for the host.
    """
    began = time.monotonic()
    backend = CheckedBackend(Deadline(timeout))
    try:
        stream = backend.connect_tcp(host, port)
        try:
            if tls:
                stream = stream.start_tls(_tls(), host)
            until = certificate_until(stream)
        finally:
            stream.close()
    except (httpcore.TimeoutException, httpcore.NetworkError) as error:
        raise Unreachable(f"{host} cannot be reached: {_reason(error)}.") from error
    return Answer(0, {}, b"", False, int((time.monotonic() - began) * 1000), until)


def check_url(url: str, *, field: str = "url") -> str:
    """The URL as it will be used. Raises `Invalid` naming `field` for what is not plain http or https.

    Says nothing about where it leads: that is judged at each connect, since names change their addresses.
    """
    try:
        return str(_parsed(url.strip()))
    except BadUrl as error:
        raise Invalid(f"{field}: {error}", field=field) from error


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise BadUrl("This is not a URL; write it like https://example.org/path.") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or len(url) > _URL_LENGTH:
        raise BadUrl("This is not a web address; write it like https://example.org/path.")
    if parsed.userinfo:
        raise BadUrl("A user name or password does not belong into the URL; use a header or a secret.")
    return parsed


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """Send one request; `timeout` seconds for all of it, names and TLS included.

    Raises `BadUrl`, `AddressRefused`, `Unreachable` (nothing was sent), `NoAnswer` (nobody knows). Any status is an
    Answer, redirects too. Bodies are not unpacked, so that a small one cannot become a large one.
    """
    began = time.monotonic()
    target = _parsed(url)
    backend = CheckedBackend(Deadline(timeout))
    try:
        return _exchange(backend, method, target, dict(headers or {}), content, max_bytes, began)
    except AddressRefused:
        raise
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise Unreachable(f"{target.host} cannot be reached: {_reason(error)}.") from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        if not backend.wrote:
            raise Unreachable(f"{target.host} cannot be reached: {_reason(error)}.") from error
        raise NoAnswer(f"{target.host} took the request, then: {_reason(error)}.") from error


def _exchange(
    backend: CheckedBackend,
    method: str,
    target: httpx.URL,
    headers: dict[str, str],
    content: bytes,
    max_bytes: int,
    began: float,
) -> Answer:
    # httpx writes the headers (Host, Content-Length) and refuses line breaks in them; httpcore carries them.
    drafted = httpx.Request(method, target, headers=_defaults() | headers, content=content)
    with httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, http1=True, http2=False) as pool:
        core = httpcore.Request(
            method=drafted.method,
            url=httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path),
            headers=drafted.headers.raw,
            content=content,
            extensions={"timeout": {"pool": 1.0}},
        )
        answer = pool.handle_request(core)
        until = certificate_until(answer.extensions.get("network_stream"))
        try:
            body, truncated = _read(answer, max_bytes)
        finally:
            answer.close()
    taken = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    return Answer(answer.status, taken, body, truncated, int((time.monotonic() - began) * 1000), until)


def certificate_until(stream: httpcore.NetworkStream | None) -> datetime | None:
    """When the certificate shown on a stream runs out; None without TLS."""
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    shown = tls.getpeercert(True) if tls is not None else None
    return load_der_x509_certificate(shown).not_valid_after_utc if shown else None


def _read(answer: httpcore.Response, max_bytes: int) -> tuple[bytes, bool]:
    body = bytearray()
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def _defaults() -> dict[str, str]:
    return {"User-Agent": "Tocsin", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=True)


def _reason(error: Exception) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
    return text[:200] or type(error).__name__
