"""PagerDuty Events API v2 as a source: alert events and change events.

Deduplicates by (routing key, dedup key); a trigger after a resolve opens a new alert. Never asks the store.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Item, Received, Report, register_source
from tocsin.domain.alerts.rules.identity import clean
from tocsin.domain.alerts.rules.lifecycle import Signal, SignalKind
from tocsin.domain.alerts.rules.severity import of_word
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.integrations.pagerduty.wire import Body, Payload, change_problems, details, instant, pairs, problems, words

LARGEST = 512 * 1024
"""Largest event, in bytes (PagerDuty's own limit)."""
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_decode = msgspec.json.Decoder(Body).decode


def _invalid(errors: list[str], status: int = 400) -> Answer:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    return Answer(status, msgspec.json.encode(body))


def _success(message: str, **more: str) -> Answer:
    return Answer(202, msgspec.json.encode({"status": "success", "message": message, **more}))


@dataclass(frozen=True, slots=True)
class _Format:
    """What alert and change events share."""

    largest: int = LARGEST
    keyed_paths: tuple[str, ...] = ()

    def refuse(self, status: int, sentence: str) -> Answer:
        if status in (429, 503):
            body = {"status": "throttle exceeded", "message": sentence, "errors": [sentence]}
            return Answer(status, msgspec.json.encode(body))
        return _invalid([sentence], 400 if status in (401, 404) else status)


@dataclass(frozen=True, slots=True)
class Alerts(_Format):
    """`/v2/enqueue`."""

    name: str = "pagerduty"
    paths: tuple[str, ...] = ("/v2/enqueue",)

    def address(self, base: str, key: str) -> str:
        return f"{base}/v2/enqueue"

    def receive(self, call: Call) -> Received | Answer:
        try:
            body = _decode(call.body)
        except _UNREADABLE as error:
            return _invalid([f"The event is not a JSON object of this format: {error}"])
        wrong = problems(body, keyed=bool(call.integration))
        if wrong:
            return _invalid(wrong)
        key, raw = words(body.dedup_key), call.body
        if not key:
            key = uuid4().hex
            raw = b'{"dedup_key":"%s",' % key.encode() + raw.lstrip()[1:]
        item = Item(key, raw, routing_key=words(body.routing_key))
        return Received((item,), _success("Event processed", dedup_key=key))

    def read(self, raw: bytes, received_at: datetime) -> Report:
        body = _decode(raw)
        payload = body.payload or Payload()
        severity = of_word(words(payload.severity)) if payload.severity is not None else Severity.UNKNOWN
        signal = Signal(
            kind=SignalKind(words(body.event_action)),
            received_at=received_at,
            severity=severity,
            started_at=_began(payload, received_at),
            opens_new=True,
        )
        links = pairs(body.links, text="text")
        return Report(
            signal=signal,
            title=words(payload.summary).strip(),
            labels=_labels(body, payload),
            annotations=details(payload.custom_details),
            dedup_key=words(body.dedup_key),
            url=words(body.client_url) or (links[0][0] if links else ""),
            links=links,
            extra={"images": [list(image) for image in pairs(body.images, text="alt")]} if body.images else {},
        )


@dataclass(frozen=True, slots=True)
class Changes(_Format):
    """`/v2/change/enqueue`: something was deployed. Never notifies."""

    name: str = "pagerduty-change"
    paths: tuple[str, ...] = ("/v2/change/enqueue",)

    def address(self, base: str, key: str) -> str:
        return f"{base}/v2/change/enqueue"

    def receive(self, call: Call) -> Received | Answer:
        try:
            body = _decode(call.body)
        except _UNREADABLE as error:
            return _invalid([f"The event is not a JSON object of this format: {error}"])
        wrong = change_problems(body, keyed=bool(call.integration))
        if wrong:
            return _invalid(wrong)
        item = Item(uuid4().hex, call.body, routing_key=words(body.routing_key))
        return Received((item,), _success("Change event processed"))

    def read(self, raw: bytes, received_at: datetime) -> Report:
        body = _decode(raw)
        payload = body.payload or Payload()
        return Report(
            signal=None,
            title=words(payload.summary).strip(),
            labels=_labels(body, payload),
            links=pairs(body.links, text="text"),
            extra=details(payload.custom_details),
            happened_at=instant(payload.timestamp),
        )


def _labels(body: Body, payload: Payload) -> dict[str, str]:
    named = {
        "source": payload.source,
        "component": payload.component,
        "group": payload.group,
        "class": payload.class_,
        "client": body.client,
        "severity": payload.severity,
    }
    return clean({name: words(value) for name, value in named.items()})


def _began(payload: Payload, received_at: datetime) -> datetime:
    return min(instant(payload.timestamp) or received_at, received_at)


register_source(Alerts())
register_source(Changes())
