"""Brings a report's rows together into the document that every format is written from. For this room only."""

from typing import Any
from zoneinfo import ZoneInfo

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import organisation
from tocsin.domain.incidents.queries import PersonRef
from tocsin.domain.knowledge.models import ActionItem, Lesson, Report, ReviewStep, Section
from tocsin.domain.knowledge.naming import TOCSIN
from tocsin.domain.knowledge.rules.document import Action, Document, Learned, Verdict, Written, compose
from tocsin.domain.knowledge.rules.document import Section as WrittenSection
from tocsin.domain.knowledge.rules.review import ReviewState, Verb
from tocsin.domain.knowledge.rules.snapshot import Snapshot, decode
from tocsin.kernel.clock import now

STEP_WORDS = {
    Verb.SUBMIT: "Submitted",
    Verb.APPROVE: "Approved",
    Verb.ASK_FOR_CHANGES: "Changes asked for",
    Verb.PUBLISH: "Published",
    Verb.REOPEN: "Taken back to draft",
}
People = dict[str, PersonRef]


class Rows:
    """Everything that was written into one report. Five queries, and two for the people."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.known: Snapshot = decode(report.known)
        self.sections = list(Section.objects.filter(report=report))
        self.lessons = list(Lesson.objects.filter(report=report).order_by("created_at", "id"))
        self.items = list(ActionItem.objects.filter(report=report).order_by("due_at", "created_at"))
        self.steps = list(ReviewStep.objects.filter(report=report).order_by("at", "id"))
        self.people = people_of(
            [
                *(s.saved_by_id for s in self.sections),
                *(lesson.decided_by_id for lesson in self.lessons),
                *(id_ for i in self.items for id_ in (i.owner_id, i.created_by_id)),
            ]
        )

    def written(self) -> Written:
        """What people added, for the document."""
        return Written(
            state_words=ReviewState(self.report.state).words,
            generated_at=self.report.generated_at,
            generated_by=self.report.generated_by,
            sections={s.key: self._section(s) for s in self.sections},
            learned=[
                Learned(lesson.kind, lesson.text or lesson.proposed, tuple(lesson.facts))
                for lesson in self.lessons
                if lesson.state == "accepted"
            ],
            actions=[
                Action(i.title, self._name(i.owner_id), i.due_at, i.state, i.link)
                for i in self.items
                if i.state != "dropped"
            ],
            verdicts=[Verdict(STEP_WORDS[Verb(s.verb)], s.by_name, s.at, s.note) for s in self.steps],
        )

    def document(self, zone_name: str) -> Document:
        """The document in this zone."""
        return compose(self.known, self.written(), ZoneInfo(zone_name), zone_name)

    def _section(self, row: Section) -> WrittenSection:
        return WrittenSection(row.text, self._name(row.saved_by_id), row.saved_at, row.version)

    def _name(self, id_: Any) -> str:
        person = self.people.get(str(id_))
        return person.name if person else ""


def composed(report: Report) -> Document:
    """The document in the zone of the organisation: files are for everybody. Eight queries."""
    return Rows(report).document(organisation().time_zone)


def people_of(ids: list[Any]) -> People:
    """People by id, also those who left. Two queries, none without ids."""
    wanted = {str(id_) for id_ in ids if id_}
    if not wanted:
        return {}
    return {p.id: PersonRef(p.id, p.name, p.initials) for p in accounts.people(TOCSIN, wanted)}


def is_overdue(item: ActionItem) -> bool:
    """True when it should have been done."""
    return item.state == "open" and item.due_at is not None and item.due_at < now()
