"""The template variable `shell`: everything the frame shows, worked out only when a template asks for it.

A fragment for htmx that never mentions `shell` costs nothing.
"""

from datetime import datetime
from functools import cached_property

from django.http import HttpRequest
from django.utils import timezone

from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.ui import shell as registry
from tocsin.ui.access import actor_of

THEMES = ("light", "dark")
CLOCK_ORDER = 50


class Shell:
    """The frame of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        """Who looks at the page."""
        return actor_of(self.request)

    @cached_property
    def places(self) -> list[registry.Place]:
        """The navigation, with badges."""
        return registry.places(self.actor)

    @cached_property
    def current(self) -> str:
        """Key of the place whose address is the longest start of this page's path."""
        path = self.request.path
        inside = [p for p in self.places if path == p.url or (p.url != "/" and path.startswith(p.url))]
        return max(inside, key=lambda p: len(p.url)).key if inside else ""

    @cached_property
    def _facts(self) -> list[tuple[int, registry.Fact]]:
        return registry.facts(self.actor)

    @property
    def facts(self) -> list[registry.Fact]:
        """Facts that stand before the clock."""
        return [fact for order, fact in self._facts if order < CLOCK_ORDER]

    @property
    def facts_after(self) -> list[registry.Fact]:
        """Facts that stand after the clock, the health light among them."""
        return [fact for order, fact in self._facts if order >= CLOCK_ORDER]

    @property
    def now(self) -> datetime:
        """This instant."""
        return now()

    @property
    def zone(self) -> str:
        """Short name of the viewer's zone: CET."""
        return timezone.localtime(now()).tzname() or "UTC"

    @property
    def offset(self) -> int:
        """Minutes that the viewer's wall clock is ahead of UTC at this moment."""
        distance = timezone.localtime(now()).utcoffset()
        return int(distance.total_seconds() // 60) if distance else 0

    @property
    def utc(self) -> str:
        """The time in UTC, for the hover of the clock."""
        return f"{now():%H:%M}"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty: the device decides."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def keys(self) -> bool:
        """False when the person switched single-key shortcuts off."""
        return self.request.COOKIES.get("keys") != "off"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell`, lazy."""
    return {"shell": Shell(request)}
