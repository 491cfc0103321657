"""What a page says: everything once."""

from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.wording import page_message
from tocsin.kernel.subject import Subject


def page(subject: Subject, summary: str) -> tuple[str, str]:
    message = page_message(
        subject=subject,
        severity=Severity.CRITICAL,
        summary=summary,
        facts={},
        reason="on call",
        link="https://x.example/p/1",
        next_at=None,
        urgent=True,
    )
    return message.title, message.text


def test_a_summary_that_is_the_title_is_not_said_twice() -> None:
    subject = Subject("incident", "1", "INC-1", "Checkout fails", "/incidents/INC-1/")
    assert page(subject, "Checkout fails") == ("Critical: INC-1 Checkout fails", "Why you: on call")
    assert page(subject, "Two in five")[1] == "Two in five\n\nWhy you: on call"


def test_a_title_that_begins_with_the_reference_stands_alone() -> None:
    subject = Subject("test_page", "1", "Test", "Test page, nothing has happened", "/")
    assert page(subject, "")[0] == "Critical: Test page, nothing has happened"
