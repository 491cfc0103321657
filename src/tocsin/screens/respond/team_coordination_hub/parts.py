"""What the hub shows beside the timeline, made from the incident's picture. Pure; reads and writes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domain.incidents.queries import HubView
from tocsin.domain.incidents.views import DeadlineView
from tocsin.domain.oncall.queries import PageView, PagingView
from tocsin.kernel.durations import human_duration

_ANSWERED = {
    "acknowledged": ("ok", "Acknowledged"),
    "answered": ("off", "Answered by another"),
    "passed_on": ("wait", "Passed on"),
    "superseded": ("off", "Paged again"),
    "unreachable": ("warn", "Not reached"),
    "open": ("wait", "Waiting"),
}
_SENT = {
    "queued": "waiting to be sent",
    "leased": "being sent",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "unknown": "sent, but not confirmed",
    "suppressed": "not needed any more",
}
_ARRIVED = {"sent", "delivered"}
_OPEN = {"open", "unreachable"}
_FAILED = {"failed", "unknown"}


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One message: through what, when, what became of it and what the provider said."""

    kind: str
    to: str
    at: datetime
    words: str
    answer: str
    bad: bool


@dataclass(frozen=True, slots=True)
class PagedPerson:
    """One person who was paged, by the newest page to them."""

    person: str
    look: str
    word: str
    paged_at: datetime
    took: float | None
    via: str
    what_next: str
    lines: tuple[ChannelLine, ...]
    open: bool
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Who was paged, those who need a look first."""

    people: tuple[PagedPerson, ...]
    reached: int
    next_at: datetime | None
    next_what: str

    @property
    def waiting(self) -> list[PagedPerson]:
        """Those who have not answered and ought to."""
        return [who for who in self.people if who.open]

    @property
    def settled(self) -> list[PagedPerson]:
        """Those of whom nothing more is awaited."""
        return [who for who in self.people if not who.open]

    @property
    def settled_words(self) -> str:
        """`"5 acknowledged, slowest 2 min 48 s"`, and how many are otherwise settled."""
        took = [who.took for who in self.people if who.took is not None]
        others = len(self.settled) - len(took)
        said = [f"{len(took)} acknowledged, slowest {human_duration(timedelta(seconds=max(took)))}"] if took else []
        return "; ".join([*said, *([f"{others} not needed any more"] if others else [])])


def paged_people(paging: PagingView | None) -> Reached:
    """The newest page of each person, unanswered first."""
    newest: dict[str, PageView] = {}
    for page in paging.pages if paging else ():
        newest.setdefault(page.person_id, page)
    people = [_person(page) for page in newest.values()]
    people.sort(key=lambda p: (not p.open, p.look != "warn", p.paged_at))
    reached = sum(any(line.words in _ARRIVED for line in p.lines) or p.look == "ok" for p in people)
    return Reached(tuple(people), reached, paging.next_at if paging else None, paging.next_what if paging else "")


def _person(page: PageView) -> PagedPerson:
    look, word = _ANSWERED.get(page.state, ("unknown", page.state))
    lines = tuple(
        ChannelLine(d.word, d.address_hint, d.created_at, _SENT.get(d.state, d.state), d.answer, d.state in _FAILED)
        for d in page.deliveries
    )
    if page.state == "open" and not any(line.words in _ARRIVED for line in lines):
        stuck = not lines or all(line.bad or line.answer for line in lines)
        look, word = ("warn", "Not reached") if stuck else ("wait", "Being called")
    took = (page.acknowledged_at - page.paged_at).total_seconds() if page.acknowledged_at else None
    still = page.state in _OPEN
    next_ = page.what_next
    return PagedPerson(page.person, look, word, page.paged_at, took, page.via, next_, lines, still, page.answer_by)


@dataclass(frozen=True, slots=True)
class Promise:
    """An update that is owed: to whom, and until when."""

    words: str
    due: DeadlineView


def standing_updates(picture: HubView) -> tuple[Promise, ...]:
    """The promised updates that are still owed, the internal one first."""
    owed = (("Internal", picture.next_internal), ("Public", picture.next_public))
    return tuple(Promise(words, due) for words, due in owed if due is not None)
