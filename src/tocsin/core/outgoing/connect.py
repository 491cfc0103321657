"""Connects: resolves a name once, judges every address it stands for, and dials exactly a judged one.

Because the check and the connection use the same resolved number, a name that changes its mind in between
(DNS rebinding) gains nothing. Keeps the deadline of the whole exchange. Knows nothing of HTTP.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from tocsin.core.outgoing.addresses import AddressRefused, refusal

_CHUNK = 64 * 1024
Exemption = Callable[[str, int], bool]
_exceptions: list[Exemption] = []


class Deadline:
    """The instant at which an exchange has taken too long, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self, error: type[httpcore.TimeoutException]) -> float:
        """Seconds left. Raises `error` when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise error("the time allowed is over")
        return left


def resolve(host: str, port: int, timeout: float) -> list[str]:
    """Numeric addresses of a name, in the system's order. The resolver knows no timeout, hence the thread."""
    found: list[str] = []
    problem: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problem.append(error if isinstance(error, OSError) else OSError(str(error)))

    thread = threading.Thread(target=look_up, name="resolve", daemon=True)
    thread.start()
    thread.join(timeout)
    if problem:
        raise httpcore.ConnectError(f"the name {host} cannot be resolved")
    if thread.is_alive():
        raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time")
    return list(dict.fromkeys(found))


def register_exception(exception: Exemption) -> None:
    """`exception(address, port)` is asked about an address that would be refused; True lets it be dialled."""
    _exceptions.append(exception)


def permitted(host: str, addresses: Iterable[str], port: int = 0) -> list[str]:
    """Those addresses that may be dialled. Raises `AddressRefused` when there are none."""
    good, why = [], "it has no address"
    for address in addresses:
        reason = refusal(address)
        if reason and any(exception(address, port) for exception in _exceptions):
            reason = ""
        if reason:
            why = f"{address} is refused ({reason})"
        else:
            good.append(address)
    if not good:
        raise AddressRefused(
            f"Tocsin does not connect to {host}: {why}. An administrator can list it in TOCSIN_OUTGOING_ALLOW."
        )
    return good


class CheckedBackend(httpcore.NetworkBackend):
    """Network backend of one exchange: dials judged addresses only, within one deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()
        self.wrote = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, judge, dial. Host header and TLS name stay those of the URL: they are the caller's."""
        resolved = resolve(host, port, self._deadline.left(httpcore.ConnectTimeout))
        addresses = permitted(host, resolved, port)
        for address in addresses[:-1]:
            try:
                return self._dial(address, port, share=len(addresses))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._dial(addresses[-1], port)

    def _dial(self, address: str, port: int, share: int = 1) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout) / share
        return _DeadlineStream(self._plain.connect_tcp(address, port, timeout=left), self)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Never."""
        raise AddressRefused("Tocsin does not connect to local sockets.")

    def left(self, error: type[httpcore.TimeoutException]) -> float:
        """Seconds left of the exchange."""
        return self._deadline.left(error)


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every operation ends by the deadline, so that no drip of bytes can hold an engine."""

    def __init__(self, inner: httpcore.NetworkStream, backend: CheckedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # From the first byte on, nobody can say that nothing arrived.
        self._backend.wrote = True
        for start in range(0, len(buffer), _CHUNK):
            self._inner.write(buffer[start : start + _CHUNK], self._backend.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._backend.left(httpcore.ConnectTimeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
