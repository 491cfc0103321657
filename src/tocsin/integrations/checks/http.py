"""A web address: status, a text in the body, time to answer, certificate. Never follows a redirect by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.outgoing import AddressRefused, Answer, BadUrl, NoAnswer, Unreachable, check_url, request
from tocsin.domain.monitoring.ports import Expectation, Finding
from tocsin.integrations.checks.expecting import certificate, codes, is_among, number, plain, text
from tocsin.kernel.errors import Invalid

_METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class Http:
    """The kind `http`."""

    kind: str = "http"
    label: str = "Web address"
    target_label: str = "https://shop.example.org/health"
    expectations: tuple[Expectation, ...] = (
        Expectation("status", "Status", "Codes that are right, like 200-299 or 200, 404.", initial="200-299"),
        Expectation("contains", "Contains", "A text that must be in the first 256 KiB of the answer."),
        Expectation("lacks", "Lacks", "A text that must not be in it, like an error message."),
        Expectation("latency_ms", "Answers within (ms)", "Slower than this is a failure, too.", kind="number"),
        Expectation("tls_days", "Certificate lasts (days)", "At least this long, for https.", kind="number"),
        Expectation(
            "method", "Method", kind="choice", initial="GET", choices=tuple((method, method) for method in _METHODS)
        ),
    )

    def settle(self, target: str, expect: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """See the port."""
        kept: dict[str, Any] = {"status": codes(expect, "status")}
        method = str(expect.get("method") or "GET").upper()
        if method not in _METHODS:
            raise Invalid(f"method: choose one of {', '.join(_METHODS)}.", field="method")
        wanted = {
            "contains": text(expect, "contains"),
            "lacks": text(expect, "lacks"),
            "latency_ms": number(expect, "latency_ms", least=1, most=30_000),
            "tls_days": number(expect, "tls_days", least=1, most=3650),
            "method": "" if method == "GET" else method,
        }
        kept |= {name: value for name, value in wanted.items() if value}
        return check_url(target, field="target"), kept

    def look(self, target: str, expect: Mapping[str, Any], timeout: float) -> Finding:
        """See the port."""
        try:
            answer = request(expect.get("method", "GET"), target, timeout=timeout)
        except (AddressRefused, BadUrl, Unreachable, NoAnswer) as error:
            return Finding(False, plain(error))
        wrong = _wrong(answer, expect)
        return Finding(not wrong, wrong or answer.words, answer.duration_ms, answer.certificate_until)


def _wrong(answer: Answer, expect: Mapping[str, Any]) -> str:
    """The first thing that is not as demanded; empty when all is."""
    wanted = expect.get("status", "200-299")
    if not is_among(answer.status, wanted):
        return f"{answer.words}, expected {wanted}"
    contains, lacks = expect.get("contains", ""), expect.get("lacks", "")
    if contains and contains.encode() not in answer.content:
        return f"{answer.words}, but the answer does not contain '{contains}'"
    if lacks and lacks.encode() in answer.content:
        return f"{answer.words}, but the answer contains '{lacks}'"
    limit = expect.get("latency_ms")
    if limit and answer.duration_ms > limit:
        return f"{answer.words}, but after {answer.duration_ms} ms; at most {limit} ms are expected"
    return certificate(answer.certificate_until, expect.get("tls_days"))
