"""A real Alertmanager's webhook (version 4) as a source.

Its sender drops what is answered 4xx, so a well-formed body never is: what one alert lacks is taken from the
envelope, and only an alert that is no object at all is left out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Item, Received, Report
from tocsin.domain.alerts.rules.identity import clean, fingerprint
from tocsin.integrations.alertmanager.wire import UNREADABLE, Posted, instant, report_of

LARGEST = 16 * 1024 * 1024
REPEATS_WITHIN = timedelta(hours=24)
"""Alertmanager repeats a firing alert only every `repeat_interval` (4 h by default): it must not expire before."""


class _Envelope(msgspec.Struct):
    alerts: list[Any] = []
    status: Any = None
    receiver: Any = None
    groupKey: Any = None  # noqa: N815  (the wire's own spelling)
    groupLabels: Any = None  # noqa: N815
    commonLabels: Any = None  # noqa: N815
    commonAnnotations: Any = None  # noqa: N815
    externalURL: Any = None  # noqa: N815
    truncatedAlerts: Any = 0  # noqa: N815


class _Kept(msgspec.Struct):
    """One alert of a webhook as it stands in the inbox."""

    alert: Posted
    resolved: bool
    external_url: str = ""
    extra: dict[str, str] = {}


_envelope = msgspec.json.Decoder(_Envelope).decode
_kept = msgspec.json.Decoder(_Kept).decode


def _refused(sentence: str, status: int = 400) -> Answer:
    return Answer(status, msgspec.json.encode({"error": sentence}))


@dataclass(frozen=True, slots=True)
class Webhook:
    """`/in/<key>/alertmanager`."""

    name: str = "alertmanager-webhook"
    paths: tuple[str, ...] = ()
    keyed_paths: tuple[str, ...] = ("/alertmanager",)
    largest: int = LARGEST

    def address(self, base: str, key: str) -> str:
        return f"{base}/in/{key}/alertmanager"

    def receive(self, call: Call) -> Received | Answer:
        if call.method not in ("POST", "PUT"):
            return _refused("Alerts are sent with POST.", 405)
        try:
            envelope = _envelope(call.body)
        except UNREADABLE as error:
            return _refused(f"The body is not an Alertmanager webhook: {error}")
        items = [item for entry in envelope.alerts if (item := _item(entry, envelope)) is not None]
        answer = {"status": "success", "alerts": len(items)}
        return Received(tuple(items), Answer(200, msgspec.json.encode(answer)))

    def read(self, raw: bytes, received_at: datetime) -> Report:
        kept = _kept(raw)
        ends_at = received_at if kept.resolved else received_at + REPEATS_WITHIN
        links = ((kept.external_url, "Alertmanager"),) if kept.external_url else ()
        return report_of(kept.alert, received_at, ends_at=ends_at, links=links, extra=kept.extra)

    def refuse(self, status: int, sentence: str) -> Answer:
        return _refused(sentence, status)


def _item(entry: Any, envelope: _Envelope) -> Item | None:
    """The inbox form of one alert; missing parts come from the envelope."""
    if not isinstance(entry, dict):
        return None
    labels = _texts(entry.get("labels")) or _texts(envelope.commonLabels) or _texts(envelope.groupLabels)
    given = entry.get("fingerprint")
    if not labels:
        labels = {"alertname": "Alert", "fingerprint": given if isinstance(given, str) else ""}
    status = entry.get("status", envelope.status)
    posted = Posted(
        labels=clean(labels),
        annotations={**_texts(envelope.commonAnnotations), **_texts(entry.get("annotations"))},
        startsAt=_moment(entry.get("startsAt")),
        generatorURL=_text(entry.get("generatorURL")),
    )
    kept = _Kept(
        alert=posted,
        resolved=status == "resolved",
        external_url=_text(envelope.externalURL),
        extra=clean({"receiver": _text(envelope.receiver), "group_key": _text(envelope.groupKey)}),
    )
    return Item(fingerprint(posted.labels), msgspec.json.encode(kept))


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {
        name: entry if isinstance(entry, str) else msgspec.json.encode(entry).decode()
        for name, entry in value.items()
        if name and entry is not None
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    try:
        return instant(msgspec.convert(value, datetime))
    except msgspec.ValidationError:
        return None
