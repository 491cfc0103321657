"""The table of messages: one row for each message of each page, with the provider's answer and what happens next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.domain.delivery.queries import DeliveryView
from tocsin.domain.oncall.queries import PageView, PagingView
from tocsin.ui.tables import Column, Filter, Table
from tocsin.ui.templatetags.tocsin import state, when

LOOKS = {
    "queued": ("wait", "Waiting"),
    "leased": ("busy", "Being sent"),
    "sent": ("ok", "Handed over"),
    "delivered": ("ok", "Arrived"),
    "failed": ("bad", "Failed"),
    "unknown": ("unknown", "Nobody knows"),
    "suppressed": ("off", "Held back"),
    "": ("bad", "No message"),
}
PAGE_LOOKS = {
    "open": ("busy", "Waits for an answer"),
    "acknowledged": ("ok", "Acknowledged"),
    "answered": ("off", "Someone else answered"),
    "passed_on": ("warn", "Passed it on"),
    "superseded": ("off", "Paged again since"),
    "unreachable": ("bad", "Cannot be reached"),
    "stopped": ("off", "Paging is over"),
    "expired": ("warn", "No answer"),
}
_CALLED = {"acknowledged": "Joined", "passed_on": "Declined"}
PAGING_LOOKS = {
    "none": ("wait", "Nobody was paged"),
    "running": ("busy", "Waiting for an answer"),
    "acknowledged": ("ok", "Acknowledged"),
    "exhausted": ("bad", "Nobody answered"),
    "stopped": ("off", "Paging is over"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """One message of one page; without a delivery: the person had no contact method."""

    page: PageView
    delivery: DeliveryView | None

    @property
    def state(self) -> str:
        """Of the message; empty when there was none."""
        return self.delivery.state if self.delivery else ""

    @property
    def answer(self) -> str:
        """What the provider said."""
        return self.delivery.answer if self.delivery else ""

    @property
    def answered_at(self) -> datetime | None:
        """When it was settled, if it is."""
        return self.delivery.settled_at if self.delivery else None


def look_of(view: PagingView) -> tuple[str, str]:
    """How the paging as a whole stands. Calls that ended without a single page reached nobody."""
    if view.state == "stopped" and not view.pages:
        return "bad", "Nobody could be reached"
    return PAGING_LOOKS.get(view.state, ("unknown", view.state))


def rows_of(view: PagingView) -> list[Reach]:
    """Every message about the incident, newest page first."""
    return list(_rows(view))


def _rows(view: PagingView) -> Iterator[Reach]:
    for page in view.pages:
        for delivery in page.deliveries:
            yield Reach(page, delivery)
        if not page.deliveries:
            yield Reach(page, None)


def moving(view: PagingView) -> bool:
    """True while something is still expected: an answer, or the end of a message."""
    unsettled = any(row.state in ("queued", "leased", "unknown") for row in rows_of(view))
    return unsettled or view.state == "running"


def _person(row: Reach) -> SafeString:
    return format_html(
        '<div class="t-subj"><b><bdi>{}</bdi></b><span class="t-meta"><bdi>{}</bdi></span></div>',
        row.page.person,
        row.page.reason,
    )


def _channel(row: Reach) -> SafeString:
    if row.delivery is None:
        return format_html('<span class="t-bad">{}</span>', "no contact method")
    return format_html('{} <span class="t-meta" dir="auto">{}</span>', row.delivery.word, row.delivery.address_hint)


def _message(row: Reach) -> SafeString:
    shown = state(*LOOKS.get(row.state, ("unknown", row.state)))
    sent = row.delivery
    if sent and sent.next_at and row.answer and not sent.settled_at:
        words, again = row.answer.rstrip("."), when(sent.next_at, "clock")
        return format_html('{}<br><span class="t-meta"><bdi>{}</bdi>; next try {}</span>', shown, words, again)
    return format_html('{}<br><span class="t-meta"><bdi>{}</bdi></span>', shown, row.answer) if row.answer else shown


def _next(row: Reach) -> SafeString:
    kind, word = PAGE_LOOKS.get(row.page.state, ("unknown", row.page.state))
    if row.page.called:
        word = _CALLED.get(row.page.state, word)
    if row.page.answer_by:
        return format_html("{} {}", state(kind, "Waits for an answer until"), when(row.page.answer_by, "time"))
    if row.page.state == "open" and row.page.what_next:
        return state(kind, row.page.what_next[:1].upper() + row.page.what_next[1:])
    shown = state(kind, word)
    if row.page.acknowledged_at:
        told = when(row.page.acknowledged_at, "clock")
        return format_html('{}<br><span class="t-meta">{} by {}</span>', shown, told, row.page.via)
    return shown


COLUMNS: list[Column[Reach]] = [
    Column("person", "Person", _person, sort="person", plain=lambda r: r.page.person),
    Column(
        "paged",
        "Paged",
        lambda r: when(r.page.paged_at, "clock"),
        sort="paged",
        narrow=False,
        plain=lambda r: r.page.paged_at,
    ),
    Column(
        "channel",
        "By",
        _channel,
        sort="channel",
        plain=lambda r: f"{r.delivery.word} {r.delivery.address_hint}" if r.delivery else "",
    ),
    Column("message", "Provider's answer", _message, sort="message", plain=lambda r: f"{r.state} {r.answer}".strip()),
    Column("next", "Answer and what next", _next, sort="next", plain=lambda r: r.page.what_next),
    Column("state", "State", lambda r: r.page.state, sort="state", plain=lambda r: r.page.state),
]
SHOWN = COLUMNS[:-1]
TABLE: Table[Reach] = Table(
    "paged",
    "Who was paged",
    SHOWN,
    filters=[Filter("state", "Answer", [(value, word) for value, (_, word) in PAGE_LOOKS.items()])],
    sort="-paged",
)
