"""The public status page of Harbour Market with 90 days of history. It has no subscribers, and tells nobody."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.statuspage import commands as statuspage
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now, telling_of

PAGE = "Harbour Market"
COMPONENTS = (
    ("Shopping", "Checkout", "Basket, order and receipt.", "checkout"),
    ("Shopping", "Search", "Finding things in the shop.", "search"),
    ("Shopping", "Accounts", "Sign-in and your profile.", "accounts"),
    ("Shopping", "Card payments", "Paying by card.", "card-payments"),
    ("Delivery and sellers", "Delivery slots", "Choosing when the van comes.", "delivery-slots"),
    ("Delivery and sellers", "Seller tools", "Offers and exports.", "seller-tools"),
)
GROUPS = tuple(dict.fromkeys(group for group, *_ in COMPONENTS))
NAMES = tuple(name for _, name, *_ in COMPONENTS)
SLOW_SEARCH, UPGRADE = "Search answers slowly", "Upgrade of the main database"
TITLES = (SLOW_SEARCH, UPGRADE)

_DEMO = system("demo")
_HISTORY = (
    (83, "Seller tools", "degraded_performance", 95),
    (71, "Delivery slots", "partial_outage", 40),
    (52, "Accounts", "degraded_performance", 25),
    (18, "Seller tools", "partial_outage", 130),
    (11, "Delivery slots", "degraded_performance", 55),
)
"""Days ago, component, state, for so many minutes."""


class PublicPage:
    """The page as people of the shop fill it. `at` is now."""

    def __init__(self, people: Mapping[str, str], at: datetime) -> None:
        self._at = at
        self._priya = actor_of(people["priya.raghunathan"])
        self._amina = actor_of(people["amina.diallo"])
        with telling_of(at - timedelta(days=90)):
            self._components = self._made()

    def _made(self) -> dict[str, str]:
        statuspage.save_page(
            _DEMO,
            name=PAGE,
            about="How the shop, its payments and its deliveries do. This page is part of the demo organisation.",
            time_zone="Europe/Berlin",
            published=True,
        )
        groups = {name: statuspage.save_group(_DEMO, name=name) for name in GROUPS}
        services = {s.slug: s.id for s in catalog.services(_DEMO)}
        return {
            name: statuspage.add_component(
                _DEMO, name=name, description=about, service_id=services[slug], group_id=groups[group]
            )
            for group, name, about, slug in COMPONENTS
        }

    def earlier(self) -> None:
        """The weeks before the first incident that is told in full."""
        for days, name, state, minutes in _HISTORY:
            began = self._at - timedelta(days=days)
            self._is(began, name, state)
            self._is(began + timedelta(minutes=minutes), name, "operational")
        story = self.story(self._at - timedelta(days=37, hours=6), self._priya)
        story.opens(0, SLOW_SEARCH, "We look into slow answers of the search.", {"Search": "degraded_performance"})
        story.goes_on(25, "identified", "A part of the search runs on too few machines. We are adding more.")
        story.goes_on(70, "resolved", "The search is as quick as before.")

    def card_payments(self, incident: str, told: str, began: datetime) -> None:
        """The payments of last week: opened by the text that `incident` told (its update `told`), and resolved."""
        story = self.story(began, self._priya)
        states = {"Card payments": "major_outage", "Checkout": "partial_outage"}
        text = "Some card payments fail at the moment. We are working on it; orders are kept."
        story.opens(16, "Card payments fail", text, states, incident=incident, key=f"incident-update:{told}")
        story.goes_on(24, "identified", "Our card provider refuses some payments. We are moving to a second provider.")
        states = {"Card payments": "degraded_performance", "Checkout": "operational"}
        story.goes_on(33, "monitoring", "Payments work again through the second provider. We keep watching.", states)
        text = "Card payments work as usual. Orders that failed were not charged."
        story.goes_on(118, "resolved", text)

    def checkout(self, incident: str, told: str, began: datetime) -> None:
        """What burns now."""
        text = "Some orders cannot be completed. We have found the cause and are fixing it."
        self.story(began, self._priya).opens(
            13,
            "Some orders cannot be completed",
            text,
            {"Checkout": "partial_outage"},
            status="identified",
            incident=incident,
            key=f"incident-update:{told}",
        )

    def upgrade(self) -> None:
        """Maintenance in five days, announced yesterday."""
        begin = (self._at + timedelta(days=5)).replace(hour=2, minute=0, second=0, microsecond=0)
        with telling_of(self._at - timedelta(days=1)):
            statuspage.schedule_maintenance(
                self._amina,
                title=UPGRADE,
                body="We upgrade the main database. Signing in and ordering may pause for up to five minutes.",
                components=self._ids(("Checkout", "Accounts")),
                scheduled_for=begin,
                scheduled_until=begin + timedelta(hours=1),
                notify=False,
            )

    def story(self, began: datetime, who: Actor) -> "PublicStory":
        """One public incident, told by one person."""
        return PublicStory(self._components, began, who)

    def _is(self, at: datetime, name: str, state: str) -> None:
        with telling_of(at):
            statuspage.set_component_status(_DEMO, components={self._components[name]: state})

    def _ids(self, names: Sequence[str]) -> list[str]:
        return [self._components[name] for name in names]


class PublicStory:
    """One public incident: each call happens so many minutes after its beginning."""

    def __init__(self, components: Mapping[str, str], began: datetime, who: Actor) -> None:
        self._components, self._began, self._who = components, began, who
        self._id = ""

    def opens(
        self, minute: int, title: str, body: str, states: Mapping[str, str], *, status: str = "investigating", **of: Any
    ) -> None:
        """The public learns of it."""
        with telling_of(self._began + timedelta(minutes=minute)):
            self._id = statuspage.open_incident(
                self._who,
                title=title,
                status=status,
                body=body,
                components=self._named(states),
                notify=False,
                **of,
            )

    def goes_on(self, minute: int, status: str, body: str, states: Mapping[str, str] | None = None) -> None:
        """An update."""
        with telling_of(self._began + timedelta(minutes=minute)):
            statuspage.post_update(
                self._who,
                public_incident_id=self._id,
                status=status,
                body=body,
                components=self._named(states or {}),
                notify=False,
            )

    def _named(self, states: Mapping[str, str]) -> dict[str, str]:
        return {self._components[name]: state for name, state in states.items()}


def take_down(incidents: Sequence[str]) -> list[str]:
    """Remove the page with what told the public of these incidents; what had to stay, a sentence each."""
    return statuspage.remove_unreal(
        _DEMO, page=PAGE, groups=GROUPS, components=NAMES, titles=TITLES, incidents=incidents
    )


def open_page(people: Mapping[str, str]) -> PublicPage:
    """The page with its earlier history."""
    page = PublicPage(people, now())
    page.earlier()
    return page
