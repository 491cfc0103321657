"""The words of a page as it leaves the house, and of its end: title, text, link, for one reader. Pure.

Times stand on the reader's own wall, which is named. Of a restricted subject only reference and severity leave; the
delivery room's own message builder sees to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.ports import Message, Reader, message_about
from tocsin.domain.oncall.rules.ending import How
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.subject import Subject

_FACTS = 8
_NAMED = 5
_GOES_ON = frozenset({How.TAKEN.value, How.MITIGATED.value})
"""Not the end: who has a part in it still has."""
_PHRASE = {How.TAKEN.value: "held"}


def page_message(
    *,
    subject: Subject,
    severity: Severity,
    summary: str,
    facts: dict[str, str],
    reason: str,
    link: str,
    next_at: datetime | None,
    at: datetime,
    urgent: bool,
    reader: Reader,
    also: Sequence[str] = (),
) -> Message:
    """The message of one page to one contact method. Severity and title come first: a lock screen shows no more.

    `also`: references of what else waits for the reader.
    """
    shown, language = dict(list(facts.items())[:_FACTS]), reader.language
    # A title that begins with the reference, or a summary that says no more than the title, is not told twice.
    lines = [summary, ""] if summary and summary != subject.title else []
    lines += [f"{key}: {value}" for key, value in shown.items()]
    lines.append(phrase("why_you", language, reason=reason))
    if also:
        lines.append(phrase("also", language, references=", ".join(also)))
    if next_at is not None:
        lines.append(phrase("goes_on", language, when=reader.when(next_at, at)))
    said = message_about(
        subject,
        title=f"{severity.word}: {named(subject)}"[:200],
        text="\n".join(lines),
        severity=severity.value,
        url=link,
        urgent=urgent,
        attributes=shown,
        action=phrase("take", language),
    )
    return _restricted_in(said, language) if subject.restricted else said


@dataclass(frozen=True, slots=True)
class End:
    """A subject that is over: how, by whom (or where it goes on; '' by its reader), since when."""

    subject: Subject
    severity: str
    how: str
    by: str
    at: datetime


def over_message(ends: Sequence[End], reader: Reader, follows: tuple[str, ...], base: str) -> Message:
    """What those hear who were paged: one line for each subject, newest last. It asks nothing of them."""
    language, last = reader.language, ends[-1]
    if len(ends) == 1:
        title = _headline(last, language)
        lines = [_sentence(last, reader)] + ([] if last.how in _GOES_ON else ["", phrase("nothing_more", language)])
    else:
        title = f"{_word(ends, language)}: {_references(ends)}"
        lines = [_headline(end, language) for end in ends] + ["", phrase("nothing_more", language)]
    text = phrase("details", language) if len(ends) == 1 and last.subject.restricted else "\n".join(lines)
    return Message(
        title=title[:200],
        text=text,
        url=f"{base}{last.subject.url}" if last.subject.url else "",
        reference=last.subject.reference,
        attributes={"type": "over", "ended": last.how},
        action=phrase("open", language),
        over=True,
        follows=follows,
    )


def named(subject: Subject) -> str:
    """Reference and title; the reference once."""
    return subject.title if subject.title.startswith(subject.reference) else f"{subject.reference} {subject.title}"


def _headline(end: End, language: str) -> str:
    word = phrase(_PHRASE.get(end.how, end.how), language)
    if end.subject.restricted:
        return f"{word}: {end.subject.reference} ({phrase(end.severity, language)})"
    return f"{word}: {named(end.subject)}"


def _sentence(end: End, reader: Reader) -> str:
    when = reader.when(end.at, end.at)
    if end.how == How.TAKEN and not end.by:
        return phrase("held_by_you", reader.language, when=when)
    return phrase(f"{_PHRASE.get(end.how, end.how)}_by", reader.language, by=end.by, when=when)


def _word(ends: Sequence[End], language: str) -> str:
    same = {end.how for end in ends}
    return phrase(same.pop() if len(same) == 1 else "over_all", language)


def _references(ends: Sequence[End]) -> str:
    shown = [end.subject.reference for end in ends]
    more = len(shown) - _NAMED
    return ", ".join(shown[:_NAMED]) + (f" +{more}" if more > 0 else "")


def _restricted_in(message: Message, language: str) -> Message:
    return replace(message, text=phrase("details", language))
