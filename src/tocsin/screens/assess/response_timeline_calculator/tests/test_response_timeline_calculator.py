"""Deadlines as people look at them: drawn, explained, tried for another severity, taken into a calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.incidents import commands, queries
from tocsin.kernel.actor import Actor, Role, system
from tocsin.kernel.clock import now
from tocsin.screens.assess.response_timeline_calculator.drawing import draw

HOUSE = system("test")
NIGHT = datetime(2026, 11, 24, 2, 47, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def person(name: str, *roles: Role) -> Actor:
    email = f"{name.split()[0].lower()}@example.org"
    return actor_of(accounts.add_person(HOUSE, email=email, name=name, roles=roles or (Role.RESPONDER,)))


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(id=actor.person), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def night() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


@pytest.fixture
def mateo(night: time_machine.Traveller) -> Actor:
    return person("Mateo Fuentes")


@pytest.fixture
def ref(mateo: Actor) -> str:
    made = commands.declare(mateo, title="Checkout failing", kind="disruption", severity="critical", page=False)
    return queries.row(mateo, made).reference


def see(client: Client, ref: str, **asked: str) -> str:
    response = client.get(f"/incidents/{ref}/deadlines/", asked)
    assert response.status_code == 200
    return response.content.decode()


def test_every_deadline_is_drawn_with_how_it_stands_and_why(
    mateo: Actor, ref: str, night: time_machine.Traveller
) -> None:
    commands.acknowledge(mateo, incident=ref)
    night.shift(timedelta(minutes=25))
    page = see(signed_in(mateo), ref)
    assert "Acknowledge: met" in page
    assert "Team engaged: missed" in page
    assert "Mitigate: owed" in page
    assert "From the first alarm" in page
    assert "Begins with the first public post." in page
    night.shift(timedelta(minutes=25))
    assert "Mitigate: at risk" in see(signed_in(mateo), ref)


def test_bars_lie_on_one_scale_and_never_leave_it(mateo: Actor, ref: str) -> None:
    drawing = draw(queries.clock(mateo, ref).deadlines, NIGHT, now() + timedelta(days=30))
    assert drawing.now == ""
    places = [float(bar.ends.rstrip("%")) for bar in drawing.bars]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert draw((), NIGHT, NIGHT).bars == ()


def test_another_severity_stands_beside_and_changes_nothing(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    before = queries.clock(mateo, ref).deadlines
    page = see(client, ref, severity="high")
    assert "3\N{NO-BREAK SPACE}h later" in page
    assert "Nothing is changed by looking" in page
    assert queries.clock(mateo, ref).deadlines == before
    assert queries.row(mateo, ref).severity == "critical"
    assert client.get(f"/incidents/{ref}/deadlines/", {"severity": "worst"}).status_code == 422


def test_low_is_counted_in_business_hours_and_says_so(mateo: Actor, ref: str) -> None:
    known = queries.clock(mateo, ref, "low")
    resolve = next(target for target in known.targets if target.kind == "resolve")
    assert (resolve.term.replace("\N{NO-BREAK SPACE}", " "), resolve.business) == ("5 business days", True)
    assert "Mon to Fri" in known.hours
    assert next(t for t in known.targets if t.kind == "public_post").why_not == "Low has no target for it."


def test_the_calendar_file_holds_what_is_owed_and_an_alarm_before_it(mateo: Actor, ref: str) -> None:
    commands.acknowledge(mateo, incident=ref)
    response = signed_in(mateo).get(f"/incidents/{ref}/deadlines/calendar")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = {str(event["summary"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}
    assert f"{ref}: Acknowledge due" not in events
    mitigate = events[f"{ref}: Mitigate due"]
    assert mitigate["dtstart"].dt == NIGHT + timedelta(hours=1)
    assert mitigate.walk("VALARM")[0]["trigger"].dt == timedelta(minutes=-12)
    assert "Checkout failing" in str(mitigate["description"])


def test_a_restricted_incident_is_named_by_reference_in_calendars(night: time_machine.Traveller) -> None:
    amina = person("Amina Diallo", Role.COMMANDER)
    made = commands.declare(amina, title="Stolen keys", kind="security", severity="high", page=False)
    ref = queries.row(amina, made).reference
    assert b"Stolen keys" not in signed_in(amina).get(f"/incidents/{ref}/deadlines/calendar").content
    ben = signed_in(person("Ben Okafor"))
    for path in ("", "calendar"):
        assert ben.get(f"/incidents/{ref}/deadlines/{path}").status_code == 404


def test_csv_gives_the_same_rows(mateo: Actor, ref: str) -> None:
    response = signed_in(mateo).get(f"/incidents/{ref}/deadlines/?format=csv")
    assert "Mitigate,1\N{NO-BREAK SPACE}h" in response.content.decode("utf-8-sig")


def test_many_updates_cost_no_more_questions_than_few(mateo: Actor, ref: str) -> None:
    client = signed_in(mateo)
    counted = []
    for amount in (3, 27):
        for number in range(amount):
            commands.send_status_update(mateo, incident=ref, internal=f"Word {number}")
        see(client, ref, severity="high")
        with CaptureQueriesContext(connection) as asked:
            see(client, ref, severity="high")
        counted.append(len(asked))
    assert "30 updates sent so far" in see(client, ref)
    assert counted[0] == counted[1] <= 50
