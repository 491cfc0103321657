"""What readers of this room get: frozen pictures of rows. Nothing here reads or decides."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.incidents.queries import PastView
from tocsin.domain.triage.rules.learning import Guess


@dataclass(frozen=True, slots=True)
class SimilarView:
    """An earlier incident like this one, how it was mended, and why it is like it (each reason with its points)."""

    incident: PastView
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HintView:
    """What an incident probably is, as far as people taught it. `guess` None: nothing like it was ever decided."""

    guess: Guess | None
    lessons: int


@dataclass(frozen=True, slots=True)
class FeatureView:
    """A feature and how often incidents with it were decided how."""

    key: str
    words: str
    total: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TaughtView:
    """What one incident taught."""

    incident_id: str
    reference: str
    title: str
    outcome: str
    severity: str
    at: datetime
    forgotten: bool


@dataclass(frozen=True, slots=True)
class LearnedView:
    """Everything that was learned. `sure_from` above 1: it is not sure of anything yet."""

    total: int
    sure_from: float
    trained_at: datetime | None
    features: tuple[FeatureView, ...]
    lessons: tuple[TaughtView, ...]


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """A task of a template. `minutes` 0: no time."""

    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class TemplateRole:
    """A role of a template. Without a person a task says whom to find."""

    role: str
    words: str
    person_id: str
    person: str


@dataclass(frozen=True, slots=True)
class TemplateService:
    """A service of a template. `gone`: it is in the catalogue no more, and left out when it is used."""

    id: str
    name: str
    gone: bool


@dataclass(frozen=True, slots=True)
class IncidentTemplateView:
    """A template to declare from."""

    id: str
    name: str
    title: str
    kind: str
    severity: str
    summary: str
    services: tuple[TemplateService, ...]
    roles: tuple[TemplateRole, ...]
    tasks: tuple[TemplateTask, ...]
    message: str
    version: int
