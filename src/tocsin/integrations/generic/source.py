"""Generic JSON as a source: one alert or a list, at `/in/<key>/generic`, or at `/v1/alerts` with a bearer token.

Lenient: only a title is needed. The good alerts of a list are kept even when others make it a 400.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Item, Received, Report, register_source
from tocsin.domain.alerts.rules.identity import clean, fingerprint
from tocsin.domain.alerts.rules.lifecycle import Signal, SignalKind
from tocsin.domain.alerts.rules.severity import of_word, read_severity

LARGEST = 4 * 1024 * 1024
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_KINDS = {
    "firing": SignalKind.TRIGGER,
    "acknowledged": SignalKind.ACKNOWLEDGE,
    "resolved": SignalKind.RESOLVE,
}
Scalar = str | int | float | bool | None


class _Alert(msgspec.Struct):
    title: str = ""
    description: str | None = None
    status: Literal["firing", "acknowledged", "resolved"] = "firing"
    deduplication_key: str | int | None = None
    source_url: str | None = None
    severity: Scalar = None
    labels: dict[str, Scalar] | None = None
    metadata: Any = None


_slices = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder(_Alert).decode


@dataclass(frozen=True, slots=True)
class Generic:
    """`/in/<key>/generic` and `/v1/alerts`."""

    name: str = "generic"
    paths: tuple[str, ...] = ("/v1/alerts",)
    keyed_paths: tuple[str, ...] = ("/generic",)
    largest: int = LARGEST

    def address(self, base: str, key: str) -> str:
        return f"{base}/in/{key}/generic"

    def receive(self, call: Call) -> Received | Answer:
        if call.method not in ("POST", "PUT"):
            return _refused("Alerts are sent with POST.", 405)
        body = call.body.strip()
        try:
            slices = _slices(body if body.startswith(b"[") else b"[" + body + b"]")
        except _UNREADABLE as error:
            return _refused(f"The body is not JSON: {error}")
        items: list[Item] = []
        wrong: list[dict[str, Any]] = []
        keys: list[str] = []
        for number, one in enumerate(slices):
            try:
                key = _key(_decode(one))
            except _UNREADABLE as error:
                wrong.append({"alert": number, "error": str(error)})
            else:
                keys.append(key)
                items.append(Item(key, bytes(one)))
        if not items and not wrong:
            return _refused("The body holds no alert.")
        if wrong:
            answer = _refused("Some alerts cannot be read; the others were accepted.", errors=wrong)
        else:
            answer = Answer(202, msgspec.json.encode({"status": "accepted", "deduplication_keys": keys}))
        return Received(tuple(items), answer)

    def read(self, raw: bytes, received_at: datetime) -> Report:
        alert = _decode(raw)
        labels = clean({name: _text(value) for name, value in (alert.labels or {}).items()})
        named = of_word(_text(alert.severity)) if alert.severity is not None else read_severity(labels).severity
        return Report(
            signal=Signal(_KINDS[alert.status], received_at=received_at, severity=named),
            title=alert.title.strip() or _key(alert),
            labels=labels,
            annotations=clean({"description": alert.description or ""}),
            dedup_key=_key(alert),
            url=alert.source_url or "",
            extra={} if alert.metadata is None else {"metadata": alert.metadata},
        )

    def refuse(self, status: int, sentence: str) -> Answer:
        return _refused(sentence, status)


def _key(alert: _Alert) -> str:
    """The sender's key, else one of title and labels, so that a resolve with the same finds its alert."""
    if alert.deduplication_key not in (None, ""):
        return str(alert.deduplication_key)
    if not alert.title.strip():
        raise msgspec.ValidationError("title: write what is wrong; only an alert with a deduplication_key needs none")
    labels = {name: _text(value) for name, value in (alert.labels or {}).items()}
    return fingerprint({**labels, "title": alert.title.strip()})


def _refused(sentence: str, status: int = 400, **more: Any) -> Answer:
    return Answer(status, msgspec.json.encode({"error": sentence, **more}))


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


register_source(Generic())
