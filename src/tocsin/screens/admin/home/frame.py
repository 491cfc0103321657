"""What every page's frame shows of incidents, pages, on call and Tocsin itself. Asks queries; decides nothing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from tocsin.core.engine.health import LATE_AFTER, Health, health
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.permissions import DECLARE, INFORM, VIEW
from tocsin.domain.oncall import queries as oncall
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import human_duration
from tocsin.ui.shell import Action, Badge, Fact, nav_url, register_badge, register_fact, register_palette

MOST_OPEN = 100
"""A page that lists as many open incidents as this may not know them all."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a page that shows the same as its frame has asked already."""

    on_call: list[oncall.OnCallView]
    health: Health
    open_incidents: list[incidents.IncidentRow]
    pages: list[oncall.MyPage] | None = None


_known: ContextVar[Known | None] = ContextVar("frame_known", default=None)


@contextmanager
def knowing(known: Known) -> Iterator[None]:
    """Inside, the frame is drawn from what the page knows, and asks it no second time."""
    token = _known.set(known)
    try:
        yield
    finally:
        _known.reset(token)


def register() -> None:
    """Fill the frame. Called once, when the addresses are loaded."""
    nav_url("home", "home")
    register_badge("incidents", incidents_badge)
    register_fact("mine", my_pages, order=10)
    register_fact("oncall", on_call, order=20)
    register_fact("health", own_health, order=90)
    register_palette(actions)


def address(name: str, *given: str) -> str:
    """Path of a screen by the name of its address; empty when there is no such screen."""
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""


def incidents_badge(actor: Actor) -> Badge | None:
    """How many incidents are open, with the mark of the worst when it is Critical or High."""
    if not actor.has(VIEW):
        return None
    known = _known.get()
    if known and len(known.open_incidents) < MOST_OPEN:
        found: dict[str, int] = Counter(row.severity for row in known.open_incidents)
    else:
        found = incidents.open_by_severity(actor)
    hot = next((severity for severity in ("critical", "high") if found.get(severity)), "")
    return Badge(sum(found.values()), "open" + (f", {found[hot]} {hot.capitalize()}" if hot else ""), hot=hot)


def my_pages(actor: Actor) -> Fact | None:
    """Pages that wait for this person's answer."""
    if not actor.person:
        return None
    known = _known.get()
    waiting = oncall.my_pages(actor) if known is None or known.pages is None else known.pages
    if not waiting:
        return Fact("none", "My pages", icon="bell")
    first = waiting[0].subject
    more = f"and {len(waiting) - 1}" if len(waiting) > 1 else ""
    # Several are answered on Home, where they stand together.
    url = first.url if len(waiting) == 1 else address("home")
    return Fact(first.reference or first.public_title, "My pages", more, url=url, icon="bell-ringing", waits=True)


def on_call(actor: Actor) -> Fact | None:
    """Who is on call now: the first by name of the schedule, and how many more."""
    if not actor.has(VIEW):
        return None
    known = _known.get()
    views = known.on_call if known else oncall.on_call_now(actor)
    people = list(dict.fromkeys(view.person for view in views if view.person))
    more = f"and {len(people) - 1}" if len(people) > 1 else ""
    return Fact(people[0] if people else "nobody", "On call", more, url=address("on_call"), icon="phone-call")


def own_health(actor: Actor) -> Fact | None:
    """The light of Tocsin itself."""
    if not actor.has(VIEW):
        return None
    known = _known.get()
    found = known.health if known else health(workers=False)
    return Fact(verdict(found), "", url=address("health"), state="ok" if found.well else "bad")


def verdict(found: Health) -> str:
    """Tocsin's state in a few words: the worst thing first."""
    if not found.alive:
        return "No engine runs"
    if found.late >= LATE_AFTER:
        return f"Work waits for {human_duration(found.late)}"
    if found.dead:
        return f"{found.dead} dead letter{'' if found.dead == 1 else 's'}"
    return "Tocsin is well"


def actions(actor: Actor) -> list[Action]:
    """What this person may do from anywhere."""
    rows: list[Action] = []
    declare = address("declare")
    if declare and actor.has(DECLARE):
        rows.append(Action("Declare an incident", declare, "Do", "urgent", keywords="new open report"))
    if actor.has(INFORM):
        rows += [
            Action("Send Status Update", update_url(row.reference, row.url), "Do", "send", row.reference, row.title)
            for row in incidents.open_incidents(actor, limit=3)
        ]
    if actor.has(VIEW):
        rows.append(Action("Search", address("search"), icon="search", keywords="find"))
        rows.append(Action("Health of Tocsin", address("health"), icon="heart-rate-monitor", keywords="engine queue"))
    return [row for row in rows if row.url]


def update_url(reference: str, incident_url: str) -> str:
    """Where a status update of this incident is written; the incident itself while no screen is for it."""
    return address("status_update", reference) or incident_url
