"""Absences by hand, from a file and from a calendar elsewhere: what they change, and what happens when it is silent."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.core.outgoing import Answer, Unreachable
from tocsin.domain.oncall import commands, fetching, queries
from tocsin.domain.oncall.models import Absence, AbsenceFeed
from tocsin.domain.oncall.tests.conftest import SYSTEM, World
from tocsin.domain.oncall.tests.test_rules_absences import ics
from tocsin.kernel.errors import Denied, Invalid

LEAVE = "UID:1\nDTSTART:20261124T000000Z\nDTEND:20261126T000000Z\nSUMMARY:Leave for a surgery"
URL = "https://calendar.example.org/secret/ada.ics"


class Elsewhere:
    """A calendar server that remembers what it was asked, and answers as told."""

    def __init__(self) -> None:
        self.content, self.etag, self.asked = ics(LEAVE), '"one"', list[dict[str, str]]()
        self.fault: Exception | None = None
        self.status, self.truncated = 200, False

    def request(self, method: str, url: str, *, headers: dict[str, str], timeout: float, max_bytes: int) -> Answer:
        assert (method, url) == ("GET", URL)
        assert timeout <= 30
        assert max_bytes <= 2 * 1024 * 1024
        self.asked.append(headers)
        if self.fault:
            raise self.fault
        if self.status == 200 and headers.get("If-None-Match") == self.etag:
            return Answer(304, {}, b"", False, 1)
        return Answer(self.status, {"etag": self.etag}, self.content, self.truncated, 1)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    server = Elsewhere()
    monkeypatch.setattr(fetching, "request", server.request)
    return server


@pytest.fixture
def schedule(world: World) -> str:
    for name in ("Mateo", "Linh"):
        world.add(name)
    people = (world.people["Mateo"], world.people["Linh"])
    layer = commands.LayerInput(people, time(9), date(2026, 11, 23))
    options = commands.ScheduleOptions(next_takes_over=True)
    return commands.save_schedule(SYSTEM, name="Payments", time_zone="UTC", layers=[layer], options=options)


def on_call() -> str:
    return queries.on_call_now(SYSTEM)[0].person


def spans(world: World, name: str = "Mateo") -> list[tuple[datetime, datetime]]:
    return [(one.start, one.end) for one in queries.absences(SYSTEM, person_id=world.people[name])]


def state(world: World) -> queries.AbsenceCalendarView:
    found = queries.absence_calendar(SYSTEM, person_id=world.people["Mateo"])
    assert found is not None
    return found


def test_who_is_away_is_stood_in_for_from_the_moment_it_is_noted_until_it_is_removed(
    world: World, schedule: str
) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    made = commands.add_absence(world.actor("Mateo"), start=at, end=at + timedelta(days=1), note="Dentist")
    assert on_call() == "Linh"
    assert queries.absences(world.actor("Linh"))[0].note == ""
    assert queries.absences(world.actor("Mateo"))[0].note == "Dentist"
    with pytest.raises(Denied):
        commands.remove_absence(world.actor("Linh"), absence_id=made)
    commands.remove_absence(world.actor("Mateo"), absence_id=made)
    assert on_call() == "Mateo"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), "later than the start"),
        (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC), "this time is over"),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2029, 12, 1, tzinfo=UTC), "at most 400 days"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(world: World, start: datetime, end: datetime, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        commands.add_absence(world.actor("Ada"), start=start, end=end)


def test_a_file_replaces_what_an_earlier_file_brought_and_nothing_else(world: World, schedule: str) -> None:
    mateo = world.actor("Mateo")
    at = datetime(2026, 12, 20, tzinfo=UTC)
    commands.add_absence(mateo, start=at, end=at + timedelta(days=1))
    assert commands.upload_absences(mateo, content=ics(LEAVE)) == 1
    assert len(spans(world)) == 2
    assert commands.upload_absences(mateo, content=ics()) == 0
    assert spans(world) == [(at, at + timedelta(days=1))]
    with pytest.raises(Invalid, match="not an iCalendar file"):
        commands.upload_absences(mateo, content=b"hello")
    assert len(spans(world)) == 1


def test_a_connected_calendar_is_read_at_once_and_then_only_when_it_changed(
    world: World, schedule: str, elsewhere: Elsewhere
) -> None:
    commands.connect_calendar(world.actor("Mateo"), url="webcal://calendar.example.org/secret/ada.ics", words="leave")
    run_engine()
    assert on_call() == "Linh"
    assert state(world).fetched_at is not None
    ids = set(Absence.objects.values_list("id", flat=True))
    world.clock.shift(timedelta(minutes=31))
    run_engine()
    assert elsewhere.asked[-1]["If-None-Match"] == '"one"'
    assert set(Absence.objects.values_list("id", flat=True)) == ids
    elsewhere.content, elsewhere.etag = ics(), '"two"'
    world.clock.shift(timedelta(minutes=31))
    run_engine()
    assert on_call() == "Mateo"
    assert len(elsewhere.asked) == 3


def test_nothing_private_of_a_calendar_is_kept(world: World, schedule: str, elsewhere: Elsewhere) -> None:
    commands.connect_calendar(world.actor("Mateo"), url=URL)
    run_engine()
    row = AbsenceFeed.objects.extra(select={"kept": "address"}).get()
    assert "secret" not in str(row.kept)
    assert "surgery" not in str(list(Absence.objects.values()))


@pytest.mark.parametrize("how", ["down", "404", "html", "large"])
def test_a_calendar_that_fails_leaves_what_was_read_and_says_how_old_it_is(
    world: World, schedule: str, elsewhere: Elsewhere, how: str
) -> None:
    commands.connect_calendar(world.actor("Mateo"), url=URL)
    run_engine()
    before = spans(world)
    elsewhere.etag = '"two"'
    elsewhere.fault = Unreachable("calendar.example.org cannot be reached: refused.") if how == "down" else None
    elsewhere.status = 404 if how == "404" else 200
    elsewhere.content = b"<html>Sign in</html>" if how == "html" else elsewhere.content
    elsewhere.truncated = how == "large"
    world.clock.shift(timedelta(minutes=31))
    run_engine()
    said = {
        "down": "cannot be reached",
        "404": "404 Not Found",
        "html": "This is not an iCalendar file",
        "large": "larger than 2 MB",
    }
    assert said[how] in state(world).problem
    assert spans(world) == before
    assert not state(world).stale
    asked = len(elsewhere.asked)
    world.clock.shift(timedelta(minutes=31))
    run_engine()
    assert len(elsewhere.asked) == asked, "after a failure it is asked less often"
    world.clock.shift(timedelta(hours=2))
    run_engine()
    assert state(world).stale
    elsewhere.fault, elsewhere.status, elsewhere.content, elsewhere.truncated = None, 200, ics(), False
    world.clock.shift(timedelta(hours=7))
    run_engine()
    assert state(world).problem == ""
    assert spans(world) == []


def test_whose_calendar_cannot_be_read_for_hours_is_told_once(
    world: World, schedule: str, elsewhere: Elsewhere
) -> None:
    commands.connect_calendar(world.actor("Mateo"), url=URL)
    run_engine()
    elsewhere.status = 404
    world.paged()
    for hours in (1, 1, 2, 4, 6, 6):
        world.clock.shift(timedelta(hours=hours, minutes=1))
        run_engine()
    told = [m for who, m in world.phone.sent if m.title == "Your calendar of absences cannot be read"]
    assert len(told) == 1
    assert "404 Not Found. It was read last on Tue 24 Nov 02:47 (UTC). What it said then stays" in told[0].text
    assert told[0].url.endswith("/on-call/away/")


def test_disconnecting_forgets_what_came_from_it(world: World, schedule: str, elsewhere: Elsewhere) -> None:
    mateo = world.actor("Mateo")
    commands.connect_calendar(mateo, url=URL)
    run_engine()
    (found,) = queries.absences(mateo)
    with pytest.raises(Invalid, match="comes from a connected calendar"):
        commands.remove_absence(mateo, absence_id=found.id)
    with pytest.raises(Denied):
        queries.absence_calendar(world.actor("Linh"), person_id=world.people["Mateo"])
    commands.disconnect_calendar(mateo)
    assert queries.absences(mateo) == []
    assert on_call() == "Mateo"
    with pytest.raises(Invalid, match="not a web address"):
        commands.connect_calendar(mateo, url="file:///etc/passwd")
