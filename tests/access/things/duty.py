"""A request for cover that somebody else made, still open, and an address of their calendar."""

from datetime import timedelta
from typing import Any

from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.oncall import commands, queries
from tocsin.kernel.actor import system
from tocsin.kernel.clock import now

HOUSE = system("test")


def make(world: Any) -> dict[str, str]:
    """Their ids, the secret, and times to come in the form of a field."""
    start = now().replace(second=0, microsecond=0) + timedelta(days=3)
    person = queries.schedule(HOUSE, world.values["schedule_id"]).layers[0].people[0]
    cover = commands.ask_cover(
        HOUSE,
        schedule_id=world.values["schedule_id"],
        person_id=person,
        start=start,
        end=start + timedelta(hours=8),
        asked=[world.values["responder"]],
    )
    token = commands.make_feed(actor_of(person))
    (feed,) = [one for one in queries.feeds(HOUSE) if one.owner_id == person]
    later = start + timedelta(days=5)
    absence = commands.add_absence(HOUSE, person_id=person, start=later, end=later + timedelta(hours=1))
    return {
        "absence_id": absence,
        "cover_id": cover,
        "cover": cover,
        "feed_id": feed.id,
        "feed": feed.id,
        "feed_token": token,
        "later": later.strftime("%Y-%m-%dT%H:%M"),
        "later_end": (later + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
    }


def calendar_connected(world: Any) -> None:
    """A calendar of the person is connected."""
    commands.connect_calendar(HOUSE, person_id=world.values["person"], url="https://calendar.example.org/p.ics")
