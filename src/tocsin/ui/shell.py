"""What the frame shows, without knowing whose it is: places, badges, facts, palette.

Rooms and screens register at import (usually in their `urls.py` or `apps.py`); the frame asks each callable once
per full page. A callable that fails leaves its place empty and is logged: the frame never takes a page down.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog
from django.urls import NoReverseMatch, reverse

from tocsin.kernel.actor import Actor

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Badge:
    """A count beside a place, shown when not zero. `hot` is a severity whose shape goes before the number."""

    count: int
    label: str
    hot: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the top bar: `label: value more`. With `state` (a key of `marks.STATES`) it is a state instead.

    `waits`: it asks for an answer, so that a phone shows it too.
    """

    value: str
    label: str = ""
    more: str = ""
    url: str = ""
    icon: str = ""
    state: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the palette. `keywords` are matched too, but not shown."""

    label: str
    url: str
    group: str = "Go to"
    icon: str = "arrow-right"
    hint: str = ""
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; without a `url` (nothing registered) it is left out."""

    key: str
    label: str
    icon: str
    url: str = ""
    badge: Badge | None = None


PLACES = (
    Place("home", "Home", "home"),
    Place("monitoring", "Monitoring", "activity"),
    Place("incidents", "Incidents", "urgent"),
    Place("oncall", "On call", "phone-call"),
    Place("security", "Security", "shield-lock"),
    Place("communications", "Communications", "speakerphone"),
    Place("support", "Support", "lifebuoy"),
    Place("recovery", "Recovery", "restore"),
    Place("knowledge", "Knowledge", "book-2"),
    Place("insights", "Insights", "chart-dots"),
    Place("settings", "Settings", "settings"),
)

BadgeFn = Callable[[Actor], Badge | None]
FactFn = Callable[[Actor], Fact | None]
PaletteFn = Callable[[Actor], Iterable[Action]]
SearchFn = Callable[[Actor, str], Iterable[Action]]

_urls: dict[str, str] = {}
_badges: dict[str, BadgeFn] = {}
_facts: dict[str, tuple[int, FactFn]] = {}
_palettes: list[PaletteFn] = []
_searches: list[SearchFn] = []


def nav_url(place: str, url: str) -> None:
    """Where a place of the navigation leads: a path, or the name of a URL without arguments."""
    if place not in {p.key for p in PLACES}:
        raise ValueError(f"There is no place '{place}'; places are {', '.join(p.key for p in PLACES)}.")
    _urls[place] = url


def register_badge(place: str, fn: BadgeFn) -> None:
    """Show `fn(actor)` beside a place of the navigation. One badge per place; the last registered wins."""
    _badges[place] = fn


def register_fact(name: str, fn: FactFn, *, order: int = 50) -> None:
    """Show `fn(actor)` in the top bar. `mine` 10, `oncall` 20, `health` 90; the clock stands between at 50."""
    _facts[name] = (order, fn)


def register_palette(fn: PaletteFn) -> None:
    """Add actions to the palette; they are filtered by what is typed."""
    if fn not in _palettes:
        _palettes.append(fn)


def register_actions(*rows: Action, roles: Iterable[str] = ()) -> None:
    """Add fixed rows to the palette: for everybody, or for who has one of these roles."""
    wanted = frozenset(roles)
    register_palette(lambda actor: rows if not wanted or wanted & actor.roles else ())


def register_search(fn: SearchFn) -> None:
    """Add hits for a typed text of two or more letters to the palette. `fn` filters by itself and gates."""
    if fn not in _searches:
        _searches.append(fn)


def places(actor: Actor) -> list[Place]:
    """The navigation for this actor, with its badges."""
    found = [replace(p, url=_resolve(_urls[p.key]), badge=_badge(p.key, actor)) for p in PLACES if p.key in _urls]
    return [place for place in found if place.url]


def facts(actor: Actor) -> list[tuple[int, Fact]]:
    """The facts of the top bar with their order, sorted."""
    found = []
    for name, (order, fn) in sorted(_facts.items(), key=lambda item: item[1][0]):
        fact = _quietly(f"fact {name}", fn, actor)
        if fact is not None:
            found.append((order, fact))
    return found


def palette(actor: Actor, text: str, limit: int = 40) -> list[Action]:
    """Rows for what was typed: places first, then registered actions, then search hits."""
    words = text.lower().split()
    rows = [Action(p.label, p.url, icon=p.icon) for p in places(actor)]
    for provider in _palettes:
        rows += _quietly("palette", _listed, provider, actor) or []
    hits = [row for row in rows if _matches(row, words)]
    if len(text.strip()) >= 2:
        for search in _searches:
            hits += _quietly("search", _listed, search, actor, text) or []
    return hits[:limit]


def _listed(fn: Callable[..., Iterable[Action]], *given: object) -> list[Action]:
    return list(fn(*given))


def _matches(row: Action, words: list[str]) -> bool:
    haystack = f"{row.label} {row.group} {row.hint} {row.keywords}".lower()
    return all(word in haystack for word in words)


def _badge(place: str, actor: Actor) -> Badge | None:
    fn = _badges.get(place)
    badge = _quietly(f"badge {place}", fn, actor) if fn else None
    return badge if badge and badge.count else None


def _quietly(what: str, fn: Callable[..., T], *given: object) -> T | None:
    try:
        return fn(*given)
    except Exception:
        log.exception("shell_part_failed", part=what)
        return None


def _resolve(url: str) -> str:
    if url.startswith("/"):
        return url
    try:
        return reverse(url)
    except NoReverseMatch:
        log.warning("shell_place_without_url", name=url)
        return ""
