"""What readers of this room get: frozen pictures of rows. Nothing here reads or decides."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.domain.incidents.queries import IncidentFilters, IncidentRow, PersonRef
from tocsin.domain.knowledge.rules.document import Document


@dataclass(frozen=True, slots=True)
class SectionView:
    """What a person wrote into one part; `version` 0 and no text when nobody has."""

    key: str
    title: str
    text: str
    version: int
    by: PersonRef | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson or recommendation. `text` is what stands in the report, `edited` when it is not what was proposed."""

    id: str
    kind: str
    text: str
    proposed: str
    facts: tuple[str, ...]
    state: str
    edited: bool
    own: bool
    by: PersonRef | None
    at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ActionItemView:
    """What is to be done. `overdue` as of now."""

    id: str
    title: str
    owner: PersonRef | None
    due_at: datetime | None
    state: str
    link: str
    overdue: bool
    done_at: datetime | None
    created_by: PersonRef | None
    created_at: datetime
    version: int
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the review."""

    verb: str
    words: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class PdfView:
    """The newest PDF. `current`: it shows the report as it is now. `state`: none, queued, ready or failed.

    `old_pages` is how many pages the last ready one has, when this one is not ready.
    """

    state: str
    current: bool
    error: str = ""
    note: str = ""
    standard: str = ""
    pages: int = 0
    size: int = 0
    asked_at: datetime | None = None
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What the last regeneration changed in one part."""

    key: str
    title: str
    added: int
    removed: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report with everything in it. `allowed` are the steps of the review open to this reader now."""

    id: str
    reference: str
    incident_id: str
    state: str
    state_words: str
    version: int
    generation: int
    generated_at: datetime
    generated_by: str
    entries_read: int
    changes: tuple[ChangeView, ...]
    document: Document
    sections: dict[str, SectionView]
    lessons: tuple[LessonView, ...]
    proposed: tuple[LessonView, ...]
    dismissed: tuple[LessonView, ...]
    items: tuple[ActionItemView, ...]
    steps: tuple[StepView, ...]
    allowed: tuple[str, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class PortalFilters:
    """Which incidents: those of the incidents' own filters, and by their report.

    `review` is a state of the review, or `none` for incidents without a report; `lacking` for those over without one.
    """

    incidents: IncidentFilters = field(default_factory=IncidentFilters)
    text: str = ""
    review: str = ""
    open_items: bool = False
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class PortalRow:
    """An incident and its report, if it has one."""

    incident: IncidentRow
    report_id: str
    review: str
    review_words: str
    generated_at: datetime | None
    open_items: int
    overdue_items: int
    acknowledged_after: timedelta | None
    lasted: timedelta | None


@dataclass(frozen=True, slots=True)
class PortalPage:
    """One page of the portal."""

    rows: tuple[PortalRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over incidents that began within `days`, and what is still owed. None: no such incident."""

    days: int
    incidents: int
    acknowledge: timedelta | None
    mitigate: timedelta | None
    resolve: timedelta | None
    lacking: int
    open_items: int
    overdue_items: int
