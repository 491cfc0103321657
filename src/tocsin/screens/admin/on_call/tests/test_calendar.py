"""The calendar: the right days in the right zone, whose shifts, gaps, holidays, and the way through it."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world
from tocsin.kernel.tests.test_wall_clock import ZONES
from tocsin.screens.admin.on_call.calendar_days import span_of
from tocsin.screens.admin.on_call.tests.test_on_call import admin, layer, signed_in

pytestmark = pytest.mark.django_db
__all__ = ["admin", "world"]
URL = "/on-call/calendar/"


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(ZONES), st.dates(date(1975, 1, 1), date(2090, 12, 31)), st.sampled_from(["month", "week"]))
def test_rows_of_days_follow_each_other_in_every_zone_and_hold_the_day(zone: str, day: date, view: str) -> None:
    span = span_of(view, zone, day, day, {})
    assert [one.date for one in span.days if one.today] == [day]
    assert all(a.end == b.start and a.date + timedelta(days=1) == b.date for a, b in pairwise(span.days))
    assert span.previous < span.first <= day <= span.last < span.following
    assert span_of(view, zone, span.following, day, {}).previous == span.first
    for strip in span.strips:
        assert strip.place(strip.start) == 0
        places = [strip.place(strip.start + n * (strip.end - strip.start) / 50) for n in range(51)]
        assert places == sorted(places)
        assert 0 <= places[0] <= places[-1] <= 100


def schedule(world: World, admin: Client, **more: str) -> str:
    for name in ("Mateo", "Linh"):
        world.add(name)
    given = {"layer0-start": "2026-11-02", "holiday_region": "DE-BY"} | more
    admin.post("/on-call/schedules/new", layer(world, "Mateo", "Linh", **given))
    return queries.on_call_now(SYSTEM)[0].schedule_id


def seen(client: Client, query: str = "") -> str:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_month_of_a_schedule_is_drawn_in_its_own_zone_with_holidays(world: World, admin: Client) -> None:
    id_ = schedule(world, admin)
    page = seen(admin, f"of=schedule:{id_}&day=2026-12-10")
    assert "<h1>December 2026</h1>" in page
    assert "times in Europe/Berlin" in page
    assert page.count('class="c-strip"') == 5
    assert "Mateo: Mon 14 Dec 09:00 to Mon 21 Dec 09:00" in page
    assert "Friday 25 December" in page
    assert "(DE-BY)" in page


def test_days_on_which_clocks_change_say_how_long_they_are(world: World, admin: Client) -> None:
    id_ = schedule(world, admin)
    assert "Sunday 28 March: clocks change, this day has 23\N{NO-BREAK SPACE}h" in seen(
        admin, f"of=schedule:{id_}&day=2027-03-10"
    )
    week = seen(admin, f"of=schedule:{id_}&day=2026-10-25&view=week")
    assert "<h1>19 to 25 October 2026</h1>" in week
    assert "this day has 25\N{NO-BREAK SPACE}h" in week
    assert week.count('class="c-strip"') == 7


def test_a_day_off_of_several_regions_is_named_once_and_absences_of_one_person_share_a_row(
    world: World, admin: Client
) -> None:
    schedule(world, admin)
    admin.post("/on-call/schedules/new", layer(world, "Linh", name="Search", holiday_region="US"))
    for day in (14, 15):
        start = datetime(2026, 12, day, 9, tzinfo=UTC)
        commands.add_absence(SYSTEM, person_id=world.people["Linh"], start=start, end=start + timedelta(hours=8))
    page = seen(admin, "of=all&day=2026-12-10")
    assert "Friday 25 December: Erster Weihnachtstag (DE-BY)<" in page
    for name, region in (("Shop", "DE"), ("Till", "GB")):
        admin.post("/on-call/schedules/new", layer(world, "Linh", name=name, holiday_region=region))
    more = seen(admin, "of=all&day=2026-12-10")
    assert "Friday 25 December: Erster Weihnachtstag (DE)<" in more
    assert "Friday 25 December: Christmas Day (US, GB)<" in more
    assert page.count(">Away</text>") == 1


def test_my_shifts_are_mine_alone_and_lead_to_cover(world: World, admin: Client) -> None:
    id_ = schedule(world, admin)
    page = seen(signed_in(world, "Linh"))
    assert "My shifts" in page
    assert "Linh" in page
    assert "Mateo" not in page.partition("The same as a list")[2]
    assert f"/on-call/schedules/{id_}/cover?start=" not in page
    later = seen(signed_in(world, "Linh"), "day=2026-12-10")
    assert f"/on-call/schedules/{id_}/cover?start=" in later
    assert "No shift here" in seen(admin, "of=mine")
    assert "beyond the days shown here" in seen(signed_in(world, "Linh"), "view=week&day=2026-11-26")


def test_a_team_sees_its_schedules_whole_and_of_others_its_members(world: World, admin: Client) -> None:
    schedule(world, admin)
    kim = world.add("Kim")
    admin.post(
        "/on-call/schedules/new", layer(world, "Kim", "Mateo", name="Database", **{"layer0-start": "2026-11-02"})
    )
    team = accounts.add_team(SYSTEM, name="Storage", slug="storage", members=[kim])
    page = seen(admin, f"of=team:{team}&day=2026-11-20").partition("The same as a list")[2]
    assert "Kim" in page
    assert "Mateo" not in page


def test_gaps_are_drawn_and_told(world: World, admin: Client) -> None:
    id_ = schedule(world, admin, **{"layer0-restrictions": "mon-fri 09:00-17:00"})
    page = seen(admin, f"of=schedule:{id_}&day=2026-11-24&view=week")
    assert "gaps: nobody is on call then." in page
    assert 'stroke="var(--critical)"' in page


def test_one_gets_on_back_and_to_today_and_nonsense_shows_today(world: World, admin: Client) -> None:
    id_ = schedule(world, admin)
    page = seen(admin, f"of=schedule:{id_}&day=2027-01-31")
    assert f"?of=schedule%3A{id_}&day=2026-12-01" in page
    assert f"?of=schedule%3A{id_}&day=2027-02-01" in page
    assert "Today" in page
    assert "<h1>November 2026</h1>" in seen(admin, "day=yesterday&view=year")
    assert "<h1>November 2026</h1>" in seen(admin, "day=9999-12-31")
    assert admin.get(f"{URL}?of=schedule:00000000-0000-0000-0000-000000000000").status_code == 404


def test_it_costs_the_same_for_many_schedules(world: World, admin: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            seen(admin, "of=all")
        return len(found)

    schedule(world, admin)
    few = asked()
    for number in range(6):
        admin.post("/on-call/schedules/new", layer(world, "Mateo", name=f"S{number}"))
    assert asked() == few
