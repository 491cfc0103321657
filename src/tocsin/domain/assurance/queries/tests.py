"""Test pages and rounds of them, with what every provider answered and who acknowledged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tocsin.core.visibility import visible
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.models import TestPage, TestRound
from tocsin.domain.assurance.naming import KIND, subject_of
from tocsin.domain.assurance.permissions import TEST_OTHERS
from tocsin.domain.delivery.ports import DeliveryView
from tocsin.domain.oncall import queries as oncall
from tocsin.domain.oncall.queries import Calls
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import id_of

_ENDED = ("sent", "delivered", "failed", "suppressed")


@dataclass(frozen=True, slots=True)
class TestView:
    """One test page. `state`: waiting, answered, unanswered (over without an answer), unreached (nothing went out).

    `took` is the time from the page to the acknowledgement.
    """

    id: str
    reference: str
    url: str
    person_id: str
    person: str
    asked_by: str
    at: datetime
    state: str
    via: str
    took: timedelta | None
    deliveries: tuple[DeliveryView, ...]

    @property
    def moving(self) -> bool:
        """True while something may still come."""
        return self.state == "waiting" or any(d.state not in _ENDED for d in self.deliveries)

    @property
    def arrived(self) -> int:
        """How many providers took the message."""
        return sum(d.state in ("sent", "delivered") for d in self.deliveries)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A test of everyone on call. An empty `schedule`: by all of them."""

    id: str
    schedule: str
    asked_by: str
    started_at: datetime
    tests: tuple[TestView, ...]

    @property
    def moving(self) -> bool:
        """True while answers may still come."""
        return any(test.moving for test in self.tests)

    @property
    def answered(self) -> int:
        """How many people acknowledged."""
        return sum(test.state == "answered" for test in self.tests)


def test_page(actor: Actor, test_id: str) -> TestView:
    """One test page, to whom it went and administrators. Raises `NotFound`."""
    row = TestPage.objects.filter(id=id_of(test_id)).first()
    if row is None or not visible(actor, [f"{KIND}:{row.id}"]):
        raise NotFound("There is no such test page.")
    return _views([row])[0]


def my_tests(actor: Actor, *, limit: int = 10) -> list[TestView]:
    """Test pages of the person who asks, newest first. A number of queries that `limit` bounds."""
    if not actor.person:
        return []
    return _views(list(TestPage.objects.filter(person_id=UUID(actor.person)).order_by("-at")[:limit]))


def rounds(actor: Actor, *, limit: int = 10) -> list[tuple[str, str, str, datetime]]:
    """Rounds, newest first: id, schedule, who asked, when. One query."""
    actor.require(TEST_OTHERS)
    rows = TestRound.objects.order_by("-started_at")[:limit]
    return [(str(row.id), row.schedule, row.asked_by_name, row.started_at) for row in rows]


def test_round(actor: Actor, round_id: str) -> RoundView:
    """One round with everybody's result. Raises `Denied`, `NotFound`."""
    actor.require(TEST_OTHERS)
    row = TestRound.objects.filter(id=id_of(round_id)).first()
    if row is None:
        raise NotFound("There is no such test of everyone on call.")
    tests = _views(list(row.tests.order_by("number")))
    return RoundView(str(row.id), row.schedule, row.asked_by_name, row.started_at, tuple(tests))


def _views(rows: list[TestPage]) -> list[TestView]:
    if not rows:
        return []
    names = {view.id: view.name for view in accounts.people(READER, {str(row.person_id) for row in rows})}
    found = oncall.calls(READER, kind=KIND, ids=[str(row.id) for row in rows])
    return [_view(row, names.get(str(row.person_id), ""), found[str(row.id)]) for row in rows]


def _view(row: TestPage, person: str, calls: Calls) -> TestView:
    subject = subject_of(row)
    answer = next((page for page in calls.pages if page.acknowledged_at), None)
    return TestView(
        id=str(row.id),
        reference=subject.reference,
        url=subject.url,
        person_id=str(row.person_id),
        person=person,
        asked_by=row.asked_by_name,
        at=row.at,
        state="answered" if answer else _state(calls),
        via=answer.via if answer else "",
        took=answer.acknowledged_at - row.at if answer and answer.acknowledged_at else None,
        deliveries=tuple(d for page in reversed(calls.pages) for d in page.deliveries),
    )


def _state(calls: Calls) -> str:
    if not any(page.deliveries for page in calls.pages):
        return "unreached"
    return "unanswered" if calls.over else "waiting"
