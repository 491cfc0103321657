"""A page to oneself: it takes the whole way of a real one, by one's own rules, and calls nobody else."""

from django.db import transaction

from tocsin.domain.oncall.commands.paging import page_people, stop_paging
from tocsin.domain.oncall.outlook import TEST_PAGE
from tocsin.domain.oncall.permissions import PERSONAL
from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied, Invalid
from tocsin.kernel.subject import Subject

_SIZE = {
    Urgency.WAKES: Severity.CRITICAL,
    Urgency.WAKING_HOURS: Severity.MEDIUM,
    Urgency.MAIL: Severity.LOW,
}


def test_subject(person: str) -> Subject:
    """What a test page of this person is about."""
    return Subject(TEST_PAGE, person, "Test", "Test page, nothing has happened", "/settings/contact/rules/")


def send_test_page(actor: Actor, *, urgency: str = "wakes") -> str:
    """Page oneself by one's own rules until it is acknowledged; the escalation's id. A test under way ends first.

    What does not wake waits for waking hours, as a real page would. Raises `Denied`, `Invalid`.
    """
    actor.require(PERSONAL)
    if not actor.person:
        raise Denied("Test pages go to people; sign in as one.")
    if urgency not in set(Urgency):
        raise Invalid(f"urgency: write one of {', '.join(Urgency)}.", field="urgency")
    subject = test_subject(actor.person)
    with transaction.atomic():
        stop_paging(READER, subject=subject, reason="another test was asked for")
        return page_people(
            READER,
            subject=subject,
            people=[actor.person],
            severity=_SIZE[Urgency(urgency)].value,
            reason="You asked for a test page.",
            summary="This is a test. Nothing has happened, and nothing needs to be done but to acknowledge it.",
        )[0]


def stop_test_page(actor: Actor) -> bool:
    """End one's own test page; False when there was none."""
    actor.require(PERSONAL)
    return stop_paging(READER, subject=test_subject(actor.person), reason="the test was ended")
