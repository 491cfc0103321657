"""Shifts in other calendars: read with the library that others read with, revocable, and stable."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.oncall import commands, queries
from tocsin.domain.oncall.tests.conftest import SYSTEM, World, world
from tocsin.screens.admin.on_call.tests.test_calendar import schedule
from tocsin.screens.admin.on_call.tests.test_on_call import admin, signed_in

pytestmark = pytest.mark.django_db
__all__ = ["admin", "world"]


def events(client: Client, path: str) -> list[dict[str, object]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    found = Calendar.from_ical(answer.content)
    assert found.errors == []
    return [
        {
            "uid": str(event["uid"]),
            "summary": str(event["summary"]),
            "start": event["dtstart"].dt,
            "end": event["dtend"].dt,
            "sequence": event["sequence"],
        }
        for event in found.walk("VEVENT")
    ]


def path_of(client: Client, **given: str) -> str:
    page = client.post("/on-call/feeds", given).content.decode()
    start = page.index("/on-call/feeds/")
    return page[start : page.index(".ics", start) + 4]


def test_a_persons_shifts_are_read_without_signing_in_until_the_address_is_revoked(world: World, admin: Client) -> None:
    schedule(world, admin)
    linh = signed_in(world, "Linh")
    path = path_of(linh)
    found = events(Client(), path)
    assert {str(one["summary"]) for one in found} == {"On call: Payments"}
    now = next(one for one in found if one["start"] <= datetime(2026, 11, 24, 3, tzinfo=UTC) < one["end"])  # type: ignore[operator]
    assert now["start"] == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert now["end"] == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert b"VTIMEZONE" not in Client().get(path).content
    token = path.rpartition("/")[2].removesuffix(".ics")
    assert token not in linh.get("/on-call/feeds").content.decode()
    (feed,) = queries.feeds(world.actor("Linh"))
    linh.post(f"/on-call/feeds/{feed.id}/revoke")
    assert Client().get(path).status_code == 404


def test_a_shift_keeps_its_uid_and_a_change_raises_its_sequence(world: World, admin: Client) -> None:
    id_ = schedule(world, admin)
    path = path_of(admin, schedule=id_)
    before = {one["uid"]: one for one in events(Client(), path)}
    etag = Client().get(path)["ETag"]
    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304
    world.clock.shift(timedelta(hours=5))
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    commands.add_override(
        SYSTEM, schedule_id=id_, person_id=world.people["Linh"], start=start, end=start + timedelta(hours=8)
    )
    answer = Client().get(path, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    after = {one["uid"]: one for one in events(Client(), path)}
    same = before.keys() & after.keys()
    assert len(same) == len(before)
    assert all(after[uid]["sequence"] > before[uid]["sequence"] for uid in same)  # type: ignore[operator]
    assert any(one["start"] == start and one["summary"] == "Linh: on call, Payments" for one in after.values())


def test_gaps_of_a_schedule_are_events_of_their_own(world: World, admin: Client) -> None:
    id_ = schedule(world, admin, **{"layer0-restrictions": "mon-fri 09:00-17:00"})
    found = events(admin, f"/on-call/calendar.ics?of=schedule:{id_}")
    assert "Nobody: on call, Payments" in {one["summary"] for one in found}


def test_an_address_stops_with_its_owner_and_is_nobody_elses_to_revoke(world: World, admin: Client) -> None:
    schedule(world, admin)
    linh, mateo = signed_in(world, "Linh"), signed_in(world, "Mateo")
    path = path_of(linh)
    (feed,) = queries.feeds(world.actor("Linh"))
    assert queries.feeds(world.actor("Mateo")) == []
    assert mateo.post(f"/on-call/feeds/{feed.id}/revoke").status_code == 403
    assert Client().get(path).status_code == 200
    accounts.deactivate_person(SYSTEM, person_id=world.people["Linh"])
    assert Client().get(path).status_code == 404
    assert Client().get("/on-call/feeds/nonsense.ics").status_code == 404
