"""A report as a document: parts with sentences, facts, tables and charts, the same for every format it is written in.

Hides how the generated and the hand-written come together. Decides nothing about looks. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from tocsin.domain.knowledge.rules import sections
from tocsin.domain.knowledge.rules.charts import Picture
from tocsin.domain.knowledge.rules.grid import Grid
from tocsin.domain.knowledge.rules.measures import Measure, measures
from tocsin.domain.knowledge.rules.snapshot import Snapshot
from tocsin.domain.knowledge.rules.wording import Clock

HAND_WRITTEN_LIMIT = 200_000
"""Characters that one hand-written section may have."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a person wrote into one part. `version` grows with every save."""

    text: str
    by: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A lesson or recommendation that people stand by."""

    kind: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """An action item. `state`: open, done or dropped."""

    title: str
    owner: str
    due_at: datetime | None
    state: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One step of the review: who, when, what, and the note with it."""

    words: str
    who: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Everything that people added to a snapshot."""

    state_words: str
    generated_at: datetime
    generated_by: str
    sections: Mapping[str, Section] = field(default_factory=dict)
    learned: Sequence[Learned] = ()
    actions: Sequence[Action] = ()
    verdicts: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the document: what is generated, then what a person wrote."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    grids: tuple[Grid, ...] = ()
    pictures: tuple[Picture, ...] = ()
    points: tuple[str, ...] = ()
    prose: Section | None = None

    @property
    def is_empty(self) -> bool:
        """True when it says nothing."""
        return not (self.sentences or self.facts or self.grids or self.pictures or self.points or self.prose)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `source` says what was read to make it, `zone` in which zone its times are."""

    reference: str
    title: str
    severity: str
    kind: str
    state_words: str
    restricted: bool
    began: str
    lasted: str
    services: str
    measures: tuple[Measure, ...]
    parts: tuple[Part, ...]
    source: str
    zone: str


TITLES = {
    "summary": "Summary",
    "impact": "Impact",
    "timeline": "Timeline",
    "response": "Response",
    "people": "People and roles",
    "decisions": "Decisions",
    "communication": "Communication",
    "alerts": "Alerts",
    "cause": "Root cause",
    "tasks": "Tasks during the incident",
    "lessons": "Lessons learned",
    "recommendations": "Improvement recommendations",
    "actions": "Action items",
    "review": "Review",
}
"""The parts of a report, in their order."""

WRITABLE = tuple(key for key in TITLES if key not in {"timeline", "review"})
"""Parts that a person may write into. What happened and who reviewed is never written by hand."""

READING_ORDER = (
    "summary",
    "impact",
    "cause",
    "response",
    "communication",
    "lessons",
    "recommendations",
    "actions",
    "decisions",
    "people",
    "alerts",
    "tasks",
    "timeline",
    "review",
)
"""The order in which they are read: what matters first, what proves it last."""


def compose(known: Snapshot, written: Written, zone: tzinfo, zone_name: str) -> Document:
    """The document for readers in this zone. Parts that say nothing are left out."""
    clock = Clock(zone, known.alarm_at, known.ends_at)
    parts = {part.key: part for part in (*_generated(known, clock), *_by_hand(written, clock))}
    for key in WRITABLE:
        if key in written.sections and written.sections[key].text:
            before = parts.get(key) or Part(key, TITLES[key])
            parts[key] = Part(
                key, before.title, before.sentences, before.facts, before.grids, before.pictures, before.points,
                prose=written.sections[key],
            )  # fmt: skip
    return Document(
        reference=known.reference,
        title=known.title,
        severity=known.severity,
        kind=known.kind_words,
        state_words=written.state_words,
        restricted=known.restricted,
        began=clock.full(known.alarm_at),
        lasted=clock.whole(known.length),
        services=", ".join(known.services),
        measures=measures(known),
        parts=tuple(parts[key] for key in READING_ORDER if key in parts and not parts[key].is_empty),
        source=_source(known, written, clock),
        zone=zone_name,
    )


def _generated(known: Snapshot, clock: Clock) -> list[Part]:
    charts = sections.charts(known, clock)
    return [
        Part("summary", TITLES["summary"], sentences=sections.summary(known, clock), pictures=charts[:1]),
        Part("impact", TITLES["impact"], facts=sections.impact(known, clock), grids=sections.sizes(known, clock)),
        Part("timeline", TITLES["timeline"], sections.left_out(known), grids=sections.timeline(known, clock)),
        Part("response", TITLES["response"], sections.response(known), (), sections.metrics(known, clock), charts[1:]),
        Part("people", TITLES["people"], sections.called(known), grids=sections.people(known, clock)),
        Part("decisions", TITLES["decisions"], grids=sections.decisions(known, clock)),
        Part("communication", TITLES["communication"], sections.told(known), grids=sections.updates(known, clock)),
        Part("alerts", TITLES["alerts"], grids=sections.alerts(known, clock)),
        Part("cause", TITLES["cause"], sections.cause(known)),
        Part("tasks", TITLES["tasks"], grids=sections.tasks(known, clock)),
    ]  # fmt: skip


def _by_hand(written: Written, clock: Clock) -> list[Part]:
    lessons = tuple(each.text for each in written.learned if each.kind == "lesson")
    advice = tuple(each.text for each in written.learned if each.kind == "recommendation")
    rows = tuple(
        (a.title, a.owner or "nobody", clock.day(a.due_at) if a.due_at else "no date", a.state) for a in written.actions
    )
    verdicts = tuple((v.words, v.who, clock.full(v.at), v.note) for v in written.verdicts)
    return [
        Part("lessons", TITLES["lessons"], points=lessons),
        Part("recommendations", TITLES["recommendations"], points=advice),
        Part("actions", TITLES["actions"], grids=_grid("Action items", ("What", "Owner", "Due", "State"), rows)),
        Part("review", TITLES["review"], grids=_grid("Review", ("Step", "Who", "When", "Note"), verdicts)),
    ]


def _grid(caption: str, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Grid, ...]:
    return (Grid(caption, header, rows),) if rows else ()


def _source(known: Snapshot, written: Written, clock: Clock) -> str:
    n, streams = known.entries_read, len(known.positions)
    logs = "1 log" if streams == 1 else f"{streams} logs"
    return (
        f"Generated {clock.full(written.generated_at)} by {written.generated_by} from {n} entries of {logs}, "
        f"read at one moment: nothing that was written later is in it."
    )
