"""What this room writes to the log: the milestones of a report on its incident's stream, each save on its own.

Text that a person wrote is sealed under its author.
"""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event


@event("knowledge.report_generated", mark="file-text")
class ReportGenerated(Event, frozen=True, kw_only=True):
    """The report was made anew from all that was known. On the incident's stream."""

    report: str
    generation: int

    def sentence(self) -> str:
        """First or again."""
        return "generated the incident report" if self.generation == 1 else "generated the incident report anew"


@event("knowledge.section_saved", mark="edit")
class SectionSaved(Event, frozen=True, kw_only=True):
    """A person wrote into a part. On `report:<id>`."""

    author: str
    section: str
    title: str
    version: int
    text: str
    sealed: ClassVar[dict[str, str]] = {"text": "author"}

    def sentence(self) -> str:
        """Names the part."""
        return f"wrote '{self.title}' of the report"

    def body(self) -> str:
        """The text as it was saved."""
        return self.text


class Reviewed(Event, frozen=True, kw_only=True):
    """Base of all steps of the review. On the incident's stream."""

    author: str
    report: str
    state: str
    note: str = ""
    words: ClassVar[str] = ""
    sealed: ClassVar[dict[str, str]] = {"note": "author"}

    def sentence(self) -> str:
        """The step in words."""
        return self.words

    def body(self) -> str:
        """The note with it."""
        return self.note


@event("knowledge.report_submitted", mark="file-search")
class ReportSubmitted(Reviewed, frozen=True, kw_only=True):
    """Somebody should look at it."""

    words: ClassVar[str] = "asked for a review of the incident report"


@event("knowledge.report_approved", mark="clipboard-check")
class ReportApproved(Reviewed, frozen=True, kw_only=True):
    """It is right as it is."""

    words: ClassVar[str] = "approved the incident report"


@event("knowledge.changes_asked", mark="edit")
class ChangesAsked(Reviewed, frozen=True, kw_only=True):
    """It is not right yet."""

    words: ClassVar[str] = "asked for changes to the incident report"


@event("knowledge.report_published", mark="book-2")
class ReportPublished(Reviewed, frozen=True, kw_only=True):
    """It is for everybody who may see the incident."""

    words: ClassVar[str] = "published the incident report"


@event("knowledge.report_reopened", mark="arrow-back-up")
class ReportReopened(Reviewed, frozen=True, kw_only=True):
    """It is written again."""

    words: ClassVar[str] = "took the incident report back to draft"


@event("knowledge.lesson_decided", mark="bulb")
class LessonDecided(Event, frozen=True, kw_only=True):
    """A lesson or recommendation was added, accepted, edited or dismissed. On `report:<id>`."""

    author: str
    lesson: str
    kind: str
    state: str
    text: str
    sealed: ClassVar[dict[str, str]] = {"text": "author"}

    def sentence(self) -> str:
        """What was decided."""
        verb = {"accepted": "kept", "dismissed": "dismissed", "proposed": "took back"}[self.state]
        return f"{verb} a {self.kind}: {self.text}"


@event("knowledge.action_item_added", mark="square-check")
class ActionItemAdded(Event, frozen=True, kw_only=True):
    """Something is to be done. On the incident's stream."""

    author: str
    item: str
    title: str
    owner_name: str = ""
    due_at: datetime | None = None
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """Names the item and its owner."""
        return f"added an action item{' for ' + self.owner_name if self.owner_name else ''}: {self.title}"


@event("knowledge.action_item_changed", mark="square-check")
class ActionItemChanged(Event, frozen=True, kw_only=True):
    """An action item was done, dropped, given away or moved. On the incident's stream."""

    author: str
    item: str
    title: str
    state: str
    what: str
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """What changed, then the item."""
        return f"{self.what}: {self.title}"


@event("knowledge.action_item_due", mark="clock")
class ActionItemDue(Event, frozen=True, kw_only=True):
    """The owner was reminded that it is due soon, or over. On the incident's stream."""

    author: str
    item: str
    title: str
    overdue: bool
    owner_name: str = ""
    told: bool = False
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """Names the item, and whether anybody heard."""
        how = "overdue" if self.overdue else "due within a day"
        who = f"reminded {self.owner_name}" if self.told else f"could not reach {self.owner_name or 'anybody'}"
        return f"{who}: the action item '{self.title}' is {how}"


@event("knowledge.pdf_failed", mark="alert-triangle")
class PdfFailed(Event, frozen=True, kw_only=True):
    """The report could not be typeset. On `report:<id>`."""

    error: str

    def sentence(self) -> str:
        """The reason."""
        return f"could not typeset the report as PDF: {self.error}"
