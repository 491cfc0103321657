"""What readers of this room get: frozen figures. Nothing here reads or decides."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.insights.rules.figures import Spread


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked about. Empty ids: everything. A team stands for the services that it owns."""

    since: datetime
    until: datetime
    service_id: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A spread with the name of what it is of."""

    name: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class Response:
    """How long one thing took (acknowledge, engage, mitigate, resolve), counted from the alarm, in seconds."""

    key: str
    words: str
    overall: Spread
    by_severity: tuple[Named, ...]
    by_service: tuple[Named, ...]
    by_team: tuple[Named, ...]
    by_time: tuple[Spread, ...]
    """One for each of the insights' `starts`."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How many incidents of a name (a severity or kind) there were, in each of the insights' `starts`."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class PromiseView:
    """Promises of one kind that were due, and the share that was met in time."""

    words: str
    due: int
    in_time: int
    share: float


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """What reached a person. `interruptions`: outside of working hours; `nights`: between 22 and 7 on their clock."""

    id: str
    name: str
    pages: int
    interruptions: int
    nights: int
    by_hour: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One person of a rotation: hours on call, pages and pages in the night while of this rotation."""

    name: str
    hours: float
    pages: int
    nights: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """How evenly a schedule spreads its load. `fairness` of hours, pages and nights: 1 even, 1/n one carries all."""

    schedule: str
    people: tuple[Share, ...]
    fair_hours: float | None
    fair_pages: float | None
    fair_nights: float | None
    uncovered_hours: float
    sentence: str


@dataclass(frozen=True, slots=True)
class NoiseView:
    """Alerts of a source or rule. Shares are 0 to 1; `per_page` None: nobody was paged for it."""

    source: str
    rule: str
    alerts: int
    pages: int
    per_page: float | None
    acknowledged: float
    short: float
    untouched: float


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything, with one finding for each part in `findings` (response, incidents, promises, pages, load, noise)."""

    choice: Choice
    incidents: int
    starts: tuple[datetime, ...]
    responses: tuple[Response, ...]
    severities: tuple[Volume, ...]
    kinds: tuple[Volume, ...]
    promises: tuple[PromiseView, ...]
    pages: int
    people: tuple[PersonLoad, ...]
    by_hour: tuple[int, ...]
    rotations: tuple[Rotation, ...]
    sources: tuple[NoiseView, ...]
    rules: tuple[NoiseView, ...]
    findings: dict[str, str]
