"""How a report looks: the state of its review, its parts as safe markup, the steps that are offered."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from tocsin.domain.knowledge.queries import PdfView, ReportView, SectionView
from tocsin.domain.knowledge.rules.document import READING_ORDER, TITLES, WRITABLE, Part
from tocsin.domain.knowledge.rules.review import ReviewState
from tocsin.domain.knowledge.writing import page

REVIEW_LOOKS = {
    "": ("off", "file"),
    ReviewState.DRAFT: ("wait", "edit"),
    ReviewState.IN_REVIEW: ("busy", ""),
    ReviewState.CHANGES_ASKED: ("warn", ""),
    ReviewState.APPROVED: ("ok", ""),
    ReviewState.PUBLISHED: ("ok", "book-2"),
}
"""The look (a key of `ui.marks.STATES`) and icon of each state of the review."""

STEPS = {
    "submit": ("Ask for review", "send", "Somebody with the right to approve reads it next."),
    "approve": ("Approve", "clipboard-check", "It is right as it is. The incident's review counts as held."),
    "ask_for_changes": ("Ask for changes", "edit", "Say what is missing or wrong; it can be written again."),
    "publish": ("Publish", "book-2", "Give it out to everybody who may see the incident."),
    "reopen": ("Take back to draft", "arrow-back-up", "Say why it is written again; it needs a new approval."),
}
"""Label, icon and meaning of each step of the review."""
NEEDS_NOTE = frozenset({"ask_for_changes", "reopen"})

EMPTY = {
    "decisions": "Nobody wrote a decision down.",
    "communication": "No status update was sent.",
    "alerts": "No alert belongs to this incident.",
    "tasks": "There were no tasks.",
    "people": "Nobody was called and nobody held a role.",
    "cause": "No root cause was written down yet.",
    "lessons": "No lesson yet: keep what is proposed beside, or add your own.",
    "recommendations": "No recommendation yet: keep what is proposed beside, or add your own.",
    "actions": "No action item yet: add the first one beside.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One part on the page. `own` is what a person wrote, None where nobody may write."""

    key: str
    title: str
    markup: SafeString
    empty: str
    own: SectionView | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the review as a button."""

    verb: str
    label: str
    icon: str
    asks: bool


def parts(made: ReportView) -> list[Shown]:
    """Every part in reading order; those that say nothing say so, where somebody could write."""
    there = {part.key: part for part in made.document.parts}
    return [
        Shown(
            key=key,
            title=TITLES[key],
            markup=markup(there[key]) if key in there else SafeString(""),
            empty=EMPTY.get(key, "Nothing yet."),
            own=made.sections.get(key) if key in WRITABLE else None,
        )
        for key in READING_ORDER
        if key in there or key in WRITABLE
    ]


def markup(part: Part) -> SafeString:
    """The part as HTML. Its writer escapes every text, piece by piece."""
    return mark_safe(page.part(part))  # noqa: S308


def steps(made: ReportView) -> list[Step]:
    """The steps open to this reader, the likely next one first."""
    found = [Step(verb, *STEPS[verb][:2], verb in NEEDS_NOTE) for verb in made.allowed]
    return sorted(found, key=lambda step: step.asks)


def pdf_words(made: PdfView) -> str:
    """How the PDF is getting on, in one sentence."""
    if made.state == "queued":
        return "The PDF is being typeset."
    if made.state == "failed":
        return f"The PDF could not be made: {made.error}"
    if made.state == "none":
        return "No PDF was made yet."
    pages = "1 page" if made.pages == 1 else f"{made.pages} pages"
    return f"{pages}, accessible (PDF/UA)." if made.standard == "ua-1" else f"{pages}, tagged. {made.note}"
