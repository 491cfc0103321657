"""A port that must be open, and a certificate that must be valid and last. Sends nothing but a handshake."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.outgoing import AddressRefused, Unreachable
from tocsin.core.outgoing.client import open_port
from tocsin.domain.monitoring.ports import Expectation, Finding
from tocsin.integrations.checks.expecting import certificate, host_and_port, number, plain
from tocsin.kernel.clock import now
from tocsin.kernel.durations import human_duration

_HTTPS = 443
_DAYS = 14


@dataclass(frozen=True, slots=True)
class Tcp:
    """The kind `tcp`."""

    kind: str = "tcp"
    label: str = "Open port (TCP)"
    target_label: str = "db.example.org:5432"
    expectations: tuple[Expectation, ...] = (
        Expectation("latency_ms", "Opens within (ms)", "Slower than this is a failure, too.", kind="number"),
    )

    def settle(self, target: str, expect: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """See the port."""
        host_and_port(target)
        limit = number(expect, "latency_ms", least=1, most=30_000)
        return target, {"latency_ms": limit} if limit else {}

    def look(self, target: str, expect: Mapping[str, Any], timeout: float) -> Finding:
        """See the port."""
        host, port = host_and_port(target)
        try:
            took = open_port(host, port, timeout=timeout).duration_ms
        except (AddressRefused, Unreachable) as error:
            return Finding(False, plain(error))
        limit = expect.get("latency_ms")
        if limit and took > limit:
            return Finding(False, f"Open, but after {took} ms; at most {limit} ms are expected", took)
        return Finding(True, "Open", took)


@dataclass(frozen=True, slots=True)
class Tls:
    """The kind `tls`."""

    kind: str = "tls"
    label: str = "Certificate (TLS)"
    target_label: str = "shop.example.org, or shop.example.org:8443"
    expectations: tuple[Expectation, ...] = (
        Expectation("tls_days", "Lasts (days)", "At least this long.", kind="number", initial=str(_DAYS)),
    )

    def settle(self, target: str, expect: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """See the port."""
        host, port = host_and_port(target, port=_HTTPS)
        written = f"[{host}]" if ":" in host else host
        days = number(expect, "tls_days", least=1, most=3650) or _DAYS
        return (written if port == _HTTPS else f"{written}:{port}"), {"tls_days": days}

    def look(self, target: str, expect: Mapping[str, Any], timeout: float) -> Finding:
        """See the port."""
        host, port = host_and_port(target, port=_HTTPS)
        try:
            answer = open_port(host, port, tls=True, timeout=timeout)
        except (AddressRefused, Unreachable) as error:
            return Finding(False, plain(error))
        until = answer.certificate_until
        wrong = certificate(until, expect.get("tls_days", _DAYS))
        left = f"Valid for {human_duration(until - now())}" if until else "Valid"
        return Finding(not wrong, wrong or left, answer.duration_ms, until)
