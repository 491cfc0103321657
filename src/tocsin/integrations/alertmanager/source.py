"""Prometheus and amtool: Tocsin as an Alertmanager (API v2), at the root or below `/in/<key>`.

The good alerts of a batch are kept even when others make it a 400, as Alertmanager does.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from tocsin.domain.alerts.ports import Answer, Call, Item, Received, Report, register_source
from tocsin.domain.alerts.rules.identity import fingerprint
from tocsin.integrations.alertmanager import questions
from tocsin.integrations.alertmanager.webhook import Webhook
from tocsin.integrations.alertmanager.wire import UNREADABLE, Posted, instant, report_of
from tocsin.kernel.actor import Actor

LARGEST = 16 * 1024 * 1024
"""Largest batch, in bytes: Prometheus sends up to 256 alerts at once, by default."""
_slices = msgspec.json.Decoder(list[msgspec.Raw]).decode
_posted = msgspec.json.Decoder(Posted).decode
_DONE = Answer(200)


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
                alert = _posted(one)
                _check(alert)
            except UNREADABLE as error:
                wrong.append(f"alert {number}: {error}")
            else:
                items.append(Item(fingerprint(alert.labels), bytes(one)))
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


def _check(alert: Posted) -> None:
    """Alertmanager's own conditions. Raises `ValidationError`."""
    if not any(alert.labels.values()):
        raise msgspec.ValidationError("at least one label pair required")
    if "" in alert.labels:
        raise msgspec.ValidationError("a label without a name")
    starts, ends = instant(alert.startsAt), instant(alert.endsAt)
    if starts is not None and ends is not None and starts > ends:
        raise msgspec.ValidationError("start time must be before end time")


register_source(Api(), kinds=("prometheus",))
register_source(Webhook())
