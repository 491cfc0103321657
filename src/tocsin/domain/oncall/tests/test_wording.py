"""What a page says: everything once, in the words and on the wall of its reader; and what is said at its end."""

from datetime import UTC, datetime

from tocsin.domain.delivery.ports import Reader
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.domain.oncall.wording import End, over_message, page_message
from tocsin.kernel.subject import Subject

AT = datetime(2026, 11, 29, 20, 58, tzinfo=UTC)
INCIDENT = Subject("incident", "1", "INC-1", "Checkout fails", "/incidents/INC-1/")
HIDDEN = Subject("incident", "2", "INC-2", "Somebody reads our mail", "/incidents/INC-2/", restricted=True)
ADA, LENA = Reader("en", "UTC"), Reader("de", "Europe/Berlin")


def page(subject: Subject, summary: str, reader: Reader = ADA, next_at: datetime | None = None) -> tuple[str, str]:
    message = page_message(
        subject=subject,
        severity=Severity.CRITICAL,
        summary=summary,
        facts={},
        reason="on call",
        link="https://x.example/p/1",
        next_at=next_at,
        at=AT,
        urgent=True,
        reader=reader,
    )
    return message.title, message.text


def test_a_summary_that_is_the_title_is_not_said_twice() -> None:
    subject = INCIDENT
    assert page(subject, "Checkout fails") == ("Critical: INC-1 Checkout fails", "Why you: on call")
    assert page(subject, "Two in five")[1] == "Two in five\n\nWhy you: on call"


def test_a_title_that_begins_with_the_reference_stands_alone() -> None:
    subject = Subject("test_page", "1", "Test", "Test page, nothing has happened", "/")
    assert page(subject, "")[0] == "Critical: Test page, nothing has happened"


def test_times_stand_on_the_readers_own_wall_with_its_name_and_its_date_when_it_is_another_day() -> None:
    soon = datetime(2026, 11, 29, 21, 2, tzinfo=UTC)
    assert page(INCIDENT, "", next_at=soon)[1].endswith("it goes on at 21:02 (UTC).")
    assert (
        page(INCIDENT, "", LENA, soon)[1] == "Warum du: on call\nOhne Antwort geht es weiter um 22:02 (Europe/Berlin)."
    )
    tomorrow = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    assert page(INCIDENT, "", next_at=tomorrow)[1].endswith("at 2026-11-30 07:00 (UTC).")


def test_the_end_is_told_in_the_readers_words_and_asks_nothing() -> None:
    said = over_message([End(INCIDENT, "critical", "resolved", "Ada", AT)], LENA, ("7",), "https://x.example")
    assert (said.title, said.action) == ("Behoben: INC-1 Checkout fails", "Öffnen")
    assert said.text == "Behoben von Ada um 21:58 (Europe/Berlin).\n\nDu musst nichts mehr tun."
    assert (said.over, said.urgent, said.follows, said.url) == (
        True,
        False,
        ("7",),
        "https://x.example/incidents/INC-1/",
    )


def test_of_a_restricted_subject_the_end_says_reference_and_severity_only() -> None:
    end = End(HIDDEN, "critical", "resolved", "Ada", AT)
    said = over_message([end], ADA, (), "https://x.example")
    assert said.title == "Resolved: INC-2 (Critical)"
    assert said.text == "Details are restricted; sign in to see them."
    both = over_message([end, End(INCIDENT, "high", "resolved", "Ada", AT)], ADA, (), "https://x.example")
    assert both.title == "Resolved: INC-2, INC-1"
    assert "mail" not in f"{said} {both}"


def test_of_many_ends_the_title_names_five_and_counts_the_rest() -> None:
    many = [Subject("incident", str(n), f"INC-{n}", "Disk full", f"/incidents/INC-{n}/") for n in range(7)]
    ends = [End(each, "high", "resolved", "Ada", AT) for each in many]
    assert over_message(ends, ADA, (), "").title == "Resolved: INC-0, INC-1, INC-2, INC-3, INC-4 +2"
    mixed = [*ends[:1], End(many[1], "high", "dismissed", "Ada", AT)]
    assert over_message(mixed, ADA, (), "").title == "Over: INC-0, INC-1"
