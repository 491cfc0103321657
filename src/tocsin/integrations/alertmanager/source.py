"""Prometheus and amtool: Tocsin as an Alertmanager (API v2), at the root or below `/in/<key>`.

The good alerts of a batch are kept even when others make it a 400, as Alertmanager does.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Item, Received, Report, register_source
from tocsin.domain.alerts.rules.identity import fingerprint
from tocsin.integrations.alertmanager import questions
from tocsin.integrations.alertmanager.webhook import Webhook
from tocsin.integrations.alertmanager.wire import UNREADABLE, Posted, PostedHead, instant, report_of
from tocsin.kernel.actor import Actor

LARGEST = 16 * 1024 * 1024
"""Largest batch, in bytes: Prometheus sends up to 256 alerts at once, by default."""
_slices = msgspec.json.Decoder(list[msgspec.Raw]).decode
_head = msgspec.json.Decoder(PostedHead).decode
_labels = msgspec.json.Decoder(dict[str, str]).decode
_posted = msgspec.json.Decoder(Posted).decode
_DONE = Answer(200)
_SHORT_LABELS = 2048
"""Longer ones are not remembered: what is kept for known labels must have an end."""


def _refused(sentence: str, status: int = 400) -> Answer:
    return Answer(status, msgspec.json.encode(sentence))


@dataclass(frozen=True, slots=True)
class Api:
    """`/api/v2/…`."""

    name: str = "alertmanager"
    paths: tuple[str, ...] = (
        "/api/v2/alerts",
        "/api/v2/alerts/groups",
        "/api/v2/status",
        "/api/v2/receivers",
        "/api/v2/silences",
        "/api/v2/silence/",
    )
    keyed_paths: tuple[str, ...] = ("/-/ready", "/-/healthy")
    largest: int = LARGEST

    def address(self, base: str, key: str) -> str:
        return f"{base}/in/{key}"

    def receive(self, call: Call) -> Received | Answer:
        if call.method != "POST":
            return _refused("Alerts are sent with POST.", 405)
        try:
            slices = _slices(call.body)
        except UNREADABLE as error:
            return _refused(f"The body is not a JSON list of alerts: {error}")
        items: list[Item] = []
        wrong: list[str] = []
        for number, one in enumerate(slices):
            try:
                head = _head(one)
                name = _name(head.labels)
                _check_times(head)
            except UNREADABLE as error:
                wrong.append(f"alert {number}: {error}")
            else:
                items.append(Item(name, bytes(one)))
        return Received(tuple(items), _refused("; ".join(wrong[:20])) if wrong else _DONE)

    def read(self, raw: bytes, received_at: datetime) -> Report:
        posted = _posted(raw)
        return report_of(posted, received_at, ends_at=instant(posted.endsAt))

    def refuse(self, status: int, sentence: str) -> Answer:
        return _refused(sentence, status)

    def asks(self, call: Call) -> bool:
        return call.method != "POST" or call.path != "/api/v2/alerts"

    def answer(self, actor: Actor, call: Call) -> Answer:
        return questions.answer(actor, call)


def _name(raw: msgspec.Raw) -> str:
    """The fingerprint of labels that meet Alertmanager's conditions. Raises `ValidationError`."""
    labels = bytes(raw)
    return _known_name(labels) if len(labels) <= _SHORT_LABELS else _new_name(labels)


def _new_name(labels: bytes) -> str:
    try:
        read = _labels(labels)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(f"labels: {error}") from error
    if not any(read.values()):
        raise msgspec.ValidationError("at least one label pair required")
    if "" in read:
        raise msgspec.ValidationError("a label without a name")
    return fingerprint(read)


# Prometheus sends each firing alert again every minute, with the same bytes for its labels.
_known_name = lru_cache(maxsize=16_384)(_new_name)


def _check_times(alert: PostedHead) -> None:
    """Alertmanager's own condition. Raises `ValidationError`."""
    starts, ends = instant(alert.startsAt), instant(alert.endsAt)
    if starts is not None and ends is not None and starts > ends:
        raise msgspec.ValidationError("start time must be before end time")


register_source(Api(), kinds=("prometheus",))
register_source(Webhook())
