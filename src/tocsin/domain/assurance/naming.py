"""How a test page is called where pages are shown."""

from tocsin.domain.assurance.models import TestPage
from tocsin.kernel.subject import Subject

KIND = "test_page"


def subject_of(row: TestPage) -> Subject:
    """The subject that the person is paged about: reference, words, and the page that shows what came of it."""
    return Subject(
        KIND, str(row.id), f"TEST-{row.number}", "Test page, nothing is broken", f"/on-call/me/tests/{row.id}/"
    )
