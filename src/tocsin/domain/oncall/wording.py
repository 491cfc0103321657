"""The words of a page as it leaves the house: title, text, link. Pure.

Of a restricted subject only reference and severity leave; the delivery room's own message builder sees to it.
"""

from datetime import datetime

from tocsin.domain.delivery.ports import Message, message_about
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.subject import Subject

_FACTS = 8


def page_message(
    *,
    subject: Subject,
    severity: Severity,
    summary: str,
    facts: dict[str, str],
    reason: str,
    link: str,
    next_at: datetime | None,
    urgent: bool,
    more: str = "",
) -> Message:
    """The message of one page to one contact method. Severity and title come first: a lock screen shows no more."""
    shown = dict(list(facts.items())[:_FACTS])
    # A title that begins with the reference, or a summary that says no more than the title, is not told twice.
    named = subject.title if subject.title.startswith(subject.reference) else f"{subject.reference} {subject.title}"
    lines = [summary, ""] if summary and summary != subject.title else []
    lines += [f"{key}: {value}" for key, value in shown.items()]
    lines.append(f"Why you: {reason}")
    if more:
        lines.append(more)
    if next_at is not None:
        lines.append(f"Without an answer it goes on at {next_at:%H:%M} UTC.")
    return message_about(
        subject,
        title=f"{severity.word}: {named}"[:200],
        text="\n".join(lines),
        severity=severity.value,
        url=link,
        urgent=urgent,
        attributes=shown,
        action="Acknowledge",
    )
