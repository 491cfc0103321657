"""Atom, RSS and the calendar of maintenance. What XML cannot carry never comes this far: commands drop it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext
from icalendar import Calendar, Event

from tocsin.domain.statuspage.moments import moment, window
from tocsin.domain.statuspage.views import Picture, PublicIncidentView
from tocsin.domain.statuspage.wording import as_html, as_line, status_word

ENTRIES = 25


def atom(picture: Picture, url: str, language: str) -> str:
    """The latest incidents and maintenance, each one entry that grows."""
    return _feed(picture, url, language, Atom1Feed, "history.atom")


def rss(picture: Picture, url: str, language: str) -> str:
    """The same as RSS 2."""
    return _feed(picture, url, language, Rss201rev2Feed, "history.rss")


def _feed(picture: Picture, url: str, language: str, kind: Callable[..., Any], name: str) -> str:
    title = gettext("%(page)s: status") % {"page": picture.page.name}
    feed = kind(
        title=title,
        link=f"{url}/",
        description=gettext("Incidents and maintenance of %(page)s") % {"page": picture.page.name},
        language=language,
        feed_url=f"{url}/{name}",
    )
    for one in _latest(picture):
        feed.add_item(
            title=f"{one.title} ({status_word(one.status)})",
            link=f"{url}/incidents/{one.code}/",
            description=_told(one, picture.page.time_zone),
            unique_id=f"{url}/incidents/{one.code}/",
            pubdate=one.started_at,
            updateddate=max(one.updated_at, one.started_at),
        )
    return str(feed.writeString("utf-8"))


def _latest(picture: Picture) -> list[PublicIncidentView]:
    found = sorted([*picture.incidents, *picture.maintenances], key=lambda one: one.updated_at, reverse=True)
    return found[:ENTRIES]


def _told(one: PublicIncidentView, zone: str) -> str:
    when = f"<p><b>{window(one.scheduled_for, one.scheduled_until, zone)}</b></p>" if one.scheduled_for else ""
    parts = [
        f"<p><b>{status_word(update.status)}</b>, {moment(update.display_at, zone)}</p>{as_html(update.body)}"
        for update in one.updates
    ]
    return when + "".join(parts)


def calendar(picture: Picture, url: str) -> bytes:
    """Maintenance as events, for people's own calendars."""
    made = Calendar()
    made.add("prodid", "-//Tocsin//Status page//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", gettext("%(page)s: maintenance") % {"page": picture.page.name})
    for one in picture.maintenances:
        if one.scheduled_for and one.scheduled_until:
            made.add_component(_entry(one, one.scheduled_for, one.scheduled_until, url))
    return bytes(made.to_ical())


def _entry(one: PublicIncidentView, begin: datetime, end: datetime, url: str) -> Event:
    entry = Event()
    entry.add("uid", f"{one.code}@tocsin")
    entry.add("summary", one.title)
    entry.add("dtstart", begin)
    entry.add("dtend", max(begin, min(end, one.resolved_at)) if one.resolved_at else end)
    entry.add("dtstamp", one.updated_at)
    entry.add("sequence", one.version)
    entry.add("url", f"{url}/incidents/{one.code}/")
    entry.add("description", as_line(one.updates[0].body, 1000) if one.updates else "")
    return entry
