"""The source through which Tocsin raises alerts of its own: a silent source, a test alert.

They take the same way through the inbox as everybody's. No address leads to this source.
"""

from datetime import datetime

import msgspec

from tocsin.domain.alerts.ports import BUILT_IN, Accepted, Answer, Call, Received, Report, accepted, register_source
from tocsin.domain.alerts.rules.lifecycle import Signal, SignalKind
from tocsin.domain.oncall.rules.urgency import Severity


class OwnSignal(msgspec.Struct):
    """A signal that Tocsin raises itself, as it stands in the inbox."""

    title: str
    labels: dict[str, str]
    severity: Severity = Severity.HIGH
    resolved: bool = False
    annotations: dict[str, str] = {}
    url: str = ""
    service: str = ""


def own_signal(integration: str, name: str, signal: OwnSignal) -> Accepted:
    """The inbox row of a signal by Tocsin about one of its integrations."""
    return accepted(integration, BUILT_IN, f"{BUILT_IN}:{name}", msgspec.json.encode(signal))


class _BuiltIn:
    name = BUILT_IN
    paths: tuple[str, ...] = ()
    keyed_paths: tuple[str, ...] = ()
    largest = 0

    def address(self, base: str, key: str) -> str:
        return ""

    def receive(self, call: Call) -> Received | Answer:
        return Answer(404)

    def read(self, raw: bytes, received_at: datetime) -> Report:
        own = msgspec.json.decode(raw, type=OwnSignal)
        kind = SignalKind.RESOLVE if own.resolved else SignalKind.TRIGGER
        return Report(
            signal=Signal(kind, received_at=received_at, severity=own.severity),
            title=own.title,
            labels=own.labels,
            annotations=own.annotations,
            url=own.url,
            service=own.service,
        )

    def refuse(self, status: int, sentence: str) -> Answer:
        return Answer(status)


register_source(_BuiltIn())
