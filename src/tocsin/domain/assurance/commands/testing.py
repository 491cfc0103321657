"""Test pages: real pages of people to a subject of their own, by the escalation and the deliveries that page for real.

Hides how a test is told apart: its subject is of the kind `test_page`, which is no incident and in no list of one.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.assurance.events import RoundStarted
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.models import TestPage, TestRound
from tocsin.domain.assurance.naming import subject_of
from tocsin.domain.assurance.permissions import TEST, TEST_OTHERS
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall import queries as duty
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import id_of

AT_MOST_EVERY = timedelta(minutes=1)
LASTS = timedelta(minutes=10)
"""A test nobody answers ends by itself, so that it does not ring like a real page for a quarter of an hour."""


def page_me(actor: Actor) -> str:
    """Page the person who asks, as a Critical page would; the id of the test page. Raises `Conflict`, `Invalid`."""
    actor.require(TEST)
    if not actor.person:
        raise Invalid("Sign in as a person: a program cannot be paged.")
    with transaction.atomic():
        return str(_page(actor, actor.person, None).id)


def page_everyone_on_call(actor: Actor, *, schedule_id: str = "") -> str:
    """Page everybody who is on call now, by one schedule or by all; the id of the round.

    Event `assurance.round_started`. Raises `Denied`, `Conflict` when nobody is on call or a round is under way.
    """
    actor.require(TEST_OTHERS)
    views = [view for view in duty.on_call_now(actor) if not schedule_id or view.schedule_id == schedule_id]
    people = list(dict.fromkeys(view.person_id for view in views if view.person_id))
    if not people:
        raise Conflict("Nobody is on call now, so there is nobody to test.")
    with transaction.atomic():
        at = now()
        if TestRound.objects.filter(started_at__gt=at - AT_MOST_EVERY).exists():
            raise Conflict("Everyone on call was tested less than a minute ago; wait for the answers.")
        name = views[0].schedule if schedule_id else ""
        round_ = TestRound.objects.create(
            schedule=name[:120], asked_by=actor.person, asked_by_name=actor.name[:200], started_at=at
        )
        for person in people:
            _page(actor, person, round_)
        append(f"test_round:{round_.id}", RoundStarted(round=str(round_.id), people=len(people)), actor)
    return str(round_.id)


def stop_test(actor: Actor, *, test_id: str) -> None:
    """End a test page; who was paged and who asked may. Raises `NotFound`."""
    row = TestPage.objects.filter(id=id_of(test_id)).first()
    if row is None or not (actor.has(TEST_OTHERS) or actor.person in (str(row.person_id), row.asked_by)):
        raise NotFound("There is no such test page.")
    oncall.stop_paging(READER, subject=subject_of(row), reason="the test was ended")


def end_old_tests(actor: Actor) -> int:
    """Tests that nobody answered within ten minutes are over; how many. Called by a worker."""
    actor.require(TEST_OTHERS)
    at = now()
    rows = list(TestPage.objects.filter(ended_at=None, at__lt=at - LASTS)[:500])
    for row in rows:
        oncall.stop_paging(READER, subject=subject_of(row), reason="the test is over")
    TestPage.objects.filter(id__in=[row.id for row in rows]).update(ended_at=at)
    return len(rows)


def _page(actor: Actor, person: str, round_: TestRound | None) -> TestPage:
    at = now()
    if TestPage.objects.filter(person_id=UUID(person), at__gt=at - AT_MOST_EVERY).exists() and round_ is None:
        raise Conflict("A test page went out less than a minute ago; look at its answers first.")
    if not destinations.destination_ids_for(person, urgent=True) and round_ is None:
        raise Conflict("There is no contact method to page you by; add one first.")
    number = (TestPage.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    row = TestPage.objects.create(
        number=number,
        person_id=person,
        round=round_,
        asked_by=actor.person,
        asked_by_name=actor.name[:200],
        at=at,
    )
    mine = actor.person == person
    reason = "you asked for a test page" if mine else f"{actor.name} tests who is on call"
    oncall.page_people(
        READER,
        subject=subject_of(row),
        people=[person],
        severity="critical",
        reason=reason,
        summary="This is a test. Nothing is broken; acknowledge it as you would a real page.",
    )
    return row
