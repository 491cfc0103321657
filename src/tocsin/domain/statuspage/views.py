"""What readers of this room get: frozen pictures of rows. Nothing here reads or decides."""

from dataclasses import dataclass
from datetime import date, datetime

from tocsin.domain.statuspage.rules.uptime import DayLost


@dataclass(frozen=True, slots=True)
class PageView:
    """The page itself. `languages` are codes; the first is the one without a prefix in its address."""

    id: str
    code: str
    name: str
    url: str
    support_url: str
    about: str
    time_zone: str
    languages: tuple[str, ...]
    published: bool
    opens_by_itself: bool
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A component with its last ninety days. `uptime` in per cent; None: nothing is known yet."""

    id: str
    code: str
    name: str
    description: str
    status: str
    position: int
    showcase: bool
    only_show_if_degraded: bool
    start_date: date
    group_id: str
    group_code: str
    service_id: str
    service: str
    created_at: datetime
    updated_at: datetime
    version: int
    days: tuple[DayLost, ...] = ()
    uptime: float | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Components under one heading, in their order."""

    id: str
    code: str
    name: str
    position: int
    created_at: datetime
    updated_at: datetime
    components: tuple[ComponentView, ...]


@dataclass(frozen=True, slots=True)
class AffectedView:
    """What an update changed about a component."""

    code: str
    name: str
    old_status: str
    new_status: str


@dataclass(frozen=True, slots=True)
class UpdateView:
    """What was told the public at one moment."""

    id: str
    code: str
    status: str
    body: str
    affected: tuple[AffectedView, ...]
    notify: bool
    display_at: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PublicIncidentView:
    """An incident or maintenance as the public reads it, newest update first. `inside` is the id of ours."""

    id: str
    code: str
    kind: str
    title: str
    status: str
    impact: str
    inside: str
    next_update_at: datetime | None
    scheduled_for: datetime | None
    scheduled_until: datetime | None
    turns_by_itself: bool
    started_at: datetime
    monitoring_at: datetime | None
    resolved_at: datetime | None
    retracted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    components: tuple[ComponentView, ...]
    updates: tuple[UpdateView, ...]

    @property
    def over(self) -> bool:
        """True when nothing is expected any more."""
        return self.resolved_at is not None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the page shows, at one moment. `incidents` and `maintenances` are the latest fifty of each kind."""

    at: datetime
    page: PageView
    groups: tuple[GroupView, ...]
    loose: tuple[ComponentView, ...]
    incidents: tuple[PublicIncidentView, ...]
    maintenances: tuple[PublicIncidentView, ...]

    @property
    def components(self) -> list[ComponentView]:
        """All of them, in the order of the page: those of no group first."""
        return [*self.loose, *(component for group in self.groups for component in group.components)]

    @property
    def unresolved(self) -> list[PublicIncidentView]:
        """Incidents that go on, newest first."""
        return [incident for incident in self.incidents if not incident.over]

    @property
    def active(self) -> list[PublicIncidentView]:
        """Maintenance under way."""
        return [m for m in self.maintenances if m.status in {"in_progress", "verifying"}]

    @property
    def upcoming(self) -> list[PublicIncidentView]:
        """Maintenance to come, soonest first."""
        coming = [m for m in self.maintenances if m.status == "scheduled"]
        return sorted(coming, key=lambda m: m.scheduled_for or m.created_at)


@dataclass(frozen=True, slots=True)
class TextView:
    """A text agreed on beforehand."""

    id: str
    name: str
    status: str
    body: str


@dataclass(frozen=True, slots=True)
class SubscriberView:
    """A subscriber, without the address. `components` are codes; none means all."""

    id: str
    kind: str
    hint: str
    state: str
    components: tuple[str, ...]
    failures: int
    last_answer: str
    confirmed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SubscriberPage:
    """One page of subscribers, and how many there are by state."""

    rows: tuple[SubscriberView, ...]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the link in a mail leads to. `components` as (code, name, chosen)."""

    hint: str
    kind: str
    state: str
    page: str
    components: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list. `faults` are the first hundred (line, what is wrong); addresses are cut short."""

    added: int
    known: int
    refused: int
    faults: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PublicationView:
    """How far the files are: `behind` counts changes that they do not show yet."""

    version: int
    behind: int
    rendered_at: datetime | None
    files: int


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the messages of one update, by state of the delivery."""

    update: str
    counts: dict[str, int]
