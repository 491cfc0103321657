"""The life of a delivery: every ending is told apart, kept, and counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tocsin.core.engine.models import Job
from tocsin.core.engine.testing import run_engine
from tocsin.core.log import read_stream
from tocsin.domain.accounts.models import User
from tocsin.domain.delivery.commands import note_receipt, remove_destination, send, suppress
from tocsin.domain.delivery.commands.ledger import begin
from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.ports import (
    Accepted,
    DeliveryView,
    Message,
    Permanent,
    Temporary,
    Unknown,
    message_about,
    register_recheck,
)
from tocsin.domain.delivery.queries import conservation, deliveries
from tocsin.domain.delivery.tests.conftest import SUBJECT, SYSTEM, Pigeon, post
from tocsin.domain.delivery.workers import conserve
from tocsin.kernel.actor import ANONYMOUS
from tocsin.kernel.errors import Denied, Invalid, NotFound
from tocsin.kernel.subject import Subject

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def only() -> DeliveryView:
    [found] = deliveries(SYSTEM)
    return found


def told(delivery: str) -> list[str]:
    return [entry.type for entry in read_stream(f"delivery:{delivery}")]


def test_a_message_is_sent_once_and_says_what_the_provider_answered(pigeon: Pigeon, loft: str, mara: User) -> None:
    id_ = post(loft)
    assert only().state == "queued"
    run_engine()
    seen = only()
    assert (seen.id, seen.state, seen.answer, seen.person, seen.address_hint) == (id_, "sent", "flew", mara.name, "l…")
    assert [(a.number, a.outcome, a.answer) for a in seen.attempts] == [(1, "accepted", "flew")]
    assert [key for _, _, key in pigeon.sent] == [id_]
    assert told(id_) == ["delivery.sent"]


def test_the_same_key_again_sends_nothing_more(pigeon: Pigeon, loft: str) -> None:
    first = post(loft)
    run_engine()
    assert post(loft, title="Other") == first
    run_engine()
    assert len(pigeon.sent) == 1


def test_nothing_goes_out_when_the_callers_transaction_is_undone(pigeon: Pigeon, loft: str) -> None:
    with transaction.atomic():
        post(loft)
        transaction.set_rollback(True)
    run_engine()
    assert (pigeon.sent, deliveries(SYSTEM)) == ([], [])


def test_a_permanent_refusal_fails_at_once_and_leaves_no_dead_letter(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Permanent("550 no such loft")]
    id_ = post(loft)
    run_engine()
    assert (only().state, only().answer, told(id_)) == ("failed", "550 no such loft", ["delivery.failed"])
    assert not Job.objects.filter(kind="delivery.send").exists()


def test_a_temporary_refusal_climbs_the_ladder_until_it_works(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Temporary("busy"), Temporary("busy"), Accepted(answer="flew")]
    with time_machine.travel(START, tick=False) as clock:
        post(loft)
        run_engine()
        assert (only().state, only().next_at) == ("queued", START + timedelta(seconds=5))
        run_engine()
        assert len(pigeon.sent) == 1
        clock.shift(5)
        run_engine()
        assert only().next_at == START + timedelta(seconds=20)
        clock.shift(15)
        run_engine()
    assert only().state == "sent"
    assert [a.outcome for a in only().attempts] == ["temporary", "temporary", "accepted"]


@pytest.mark.parametrize("provider", [True, False])
def test_after_24_hours_it_is_given_up_and_says_so(pigeon: Pigeon, loft: str, provider: bool) -> None:
    pigeon.replies = [Temporary("busy", provider=provider)]
    with time_machine.travel(START, tick=False) as clock:
        id_ = post(loft)
        for _ in range(60):
            run_engine()
            clock.shift(1800)
    assert only().state == "failed"
    assert only().answer == "Given up after 24 h. busy"
    assert timedelta(hours=23) < (only().settled_at or START) - START <= timedelta(hours=24)
    assert told(id_) == ["delivery.delayed", "delivery.failed"]
    assert not Job.objects.filter(kind="delivery.send").exists()


def test_one_mailbox_in_trouble_keeps_its_place_without_blaming_the_provider(pigeon: Pigeon, loft: str) -> None:
    """The job is put back by its own record: the engine sees 'done', so that the breaker of the lane counts nothing."""
    pigeon.replies = [Temporary("450 greylisted", provider=False), Accepted(answer="flew")]
    with time_machine.travel(START, tick=False) as clock:
        post(loft)
        run_engine()
        assert (only().state, only().next_at) == ("queued", START + timedelta(seconds=5))
        clock.shift(6)
        run_engine()
    assert (only().state, len(pigeon.sent)) == ("sent", 2)


def test_a_provider_that_asks_for_patience_gets_it(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Temporary("429", retry_after=timedelta(minutes=2))]
    with time_machine.travel(START, tick=False):
        post(loft)
        run_engine()
        assert only().next_at == START + timedelta(minutes=2)


def test_an_unknown_outcome_is_visible_and_is_sent_again_with_the_same_key(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Unknown("hung up"), Unknown("hung up"), Accepted(answer="flew")]
    with time_machine.travel(START, tick=False) as clock:
        id_ = post(loft)
        run_engine()
        assert (only().state, told(id_)) == ("unknown", ["delivery.unknown"])
        clock.shift(5)
        run_engine()
        assert told(id_) == ["delivery.unknown"]
        clock.shift(15)
        run_engine()
    assert (only().state, told(id_)) == ("sent", ["delivery.unknown", "delivery.sent"])
    assert {key for _, _, key in pigeon.sent} == {id_}


def test_a_transport_that_breaks_leaves_an_unknown_outcome(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [RuntimeError("bug"), Accepted()]
    post(loft)
    run_engine()
    assert (only().state, only().attempts[0].outcome) == ("unknown", "unknown")


def test_an_engine_that_died_while_sending_leaves_unknown_and_the_next_sends_again(pigeon: Pigeon, loft: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        id_ = post(loft)
        # What an engine leaves that was killed between lease and record.
        Job.objects.filter(kind="delivery.send").update(
            leased_by="dead-engine", lease_until=START + timedelta(seconds=30), attempts=1
        )
        assert begin(id_) is not None
        assert only().state == "leased"
        clock.shift(31)
        run_engine()
    assert [(a.number, a.outcome) for a in only().attempts] == [(1, "unknown"), (2, "accepted")]
    assert told(id_) == ["delivery.unknown", "delivery.sent"]


def test_the_answer_of_an_engine_that_lost_its_lease_still_counts(pigeon: Pigeon, loft: str) -> None:
    """Two engines sent it; the slower one's success must not become a failure by the quicker one's refusal."""
    pigeon.replies = [Accepted(answer="slow but flew")]
    id_ = post(loft)

    def meanwhile() -> None:
        pigeon.on_send = None
        row = Delivery.objects.get(id=id_)
        row.state, row.settled_at = "failed", row.created_at
        row.save()

    pigeon.on_send = meanwhile
    run_engine()
    assert only().state == "sent"


def test_a_recheck_holds_a_message_back_with_its_reason(pigeon: Pigeon, loft: str) -> None:
    register_recheck("page", lambda delivery: "Acknowledged meanwhile." if delivery.key == "k1" else None)
    first, _ = post(loft, "k1"), post(loft, "k2")
    run_engine()
    assert {d.key: (d.state, d.answer) for d in deliveries(SYSTEM)} == {
        "k1": ("suppressed", "Acknowledged meanwhile."),
        "k2": ("sent", "flew"),
    }
    assert told(first) == ["delivery.suppressed"]


def test_a_recheck_that_breaks_never_holds_back_an_urgent_message(pigeon: Pigeon, loft: str) -> None:
    def broken(delivery: DeliveryView) -> str | None:
        raise RuntimeError

    register_recheck("page", broken)
    post(loft, "urgent", urgent=True)
    post(loft, "calm")
    run_engine()
    assert {d.key: d.state for d in deliveries(SYSTEM)} == {"urgent": "sent", "calm": "queued"}


def test_a_waiting_message_can_be_held_back(pigeon: Pigeon, loft: str) -> None:
    id_ = post(loft)
    assert suppress(SYSTEM, delivery_id=id_, reason="Resolved.")
    run_engine()
    assert (only().state, only().answer, pigeon.sent) == ("suppressed", "Resolved.", [])
    assert not suppress(SYSTEM, delivery_id=id_, reason="Again.")


def test_holding_back_what_is_being_sent_stops_only_the_next_attempt(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Temporary("busy")]
    id_ = post(loft)
    pigeon.on_send = lambda: suppress(SYSTEM, delivery_id=id_, reason="Resolved.")
    with time_machine.travel(datetime.now(UTC)) as clock:
        run_engine()
        assert only().state == "suppressed"
        clock.shift(60)
        run_engine()
    assert (only().state, only().answer, len(pigeon.sent)) == ("suppressed", "Resolved.", 1)


def test_a_removed_contact_method_suppresses_what_waits_for_it(pigeon: Pigeon, loft: str) -> None:
    post(loft)
    remove_destination(SYSTEM, destination_id=loft)
    run_engine()
    assert (only().state, only().answer) == ("suppressed", "The contact method was removed.")


def test_a_receipt_makes_sent_delivered_or_failed(pigeon: Pigeon, loft: str) -> None:
    good, bad = post(loft, "good"), post(loft, "bad")
    run_engine()
    note_receipt(SYSTEM, delivery_id=good, arrived=True, answer="read")
    note_receipt(SYSTEM, delivery_id=bad, arrived=False, answer="bounced")
    assert {d.key: (d.state, d.answer) for d in deliveries(SYSTEM)} == {
        "good": ("delivered", "read"),
        "bad": ("failed", "bounced"),
    }


def test_the_ledgers_equation_holds_and_a_lost_delivery_is_found_and_sent(pigeon: Pigeon, loft: str) -> None:
    pigeon.replies = [Accepted(), Permanent("no"), Temporary("busy"), Accepted()]
    for number in range(4):
        post(loft, f"k{number}")
    run_engine()
    counts = conservation()
    assert (counts.accepted, counts.sent, counts.failed, counts.in_flight, counts.missing) == (4, 2, 1, 1, 0)
    Job.objects.filter(kind="delivery.send").delete()
    assert conservation().missing == 1
    conserve()
    assert conservation().missing == 0
    run_engine()
    assert conservation().sent == 3


def test_the_message_stands_sealed_in_the_database(loft: str, django_assert_num_queries: Any) -> None:
    post(loft, title="canary-title")
    [raw] = Delivery.objects.extra(select={"raw": "message"}).values_list("raw", flat=True)
    assert "canary" not in raw


def test_strangers_send_nothing_and_see_nothing(loft: str) -> None:
    with pytest.raises(Denied):
        send(ANONYMOUS, destination_id=loft, message=Message("a", "b"), subject=SUBJECT, purpose="x", key="k")
    post(loft)
    assert deliveries(ANONYMOUS) == []


def test_a_missing_contact_method_or_an_endless_key_is_refused_by_name(loft: str) -> None:
    with pytest.raises(NotFound):
        post("not-an-id")
    with pytest.raises(Invalid) as refused:
        post(loft, "k" * 121)
    assert refused.value.field == "key"


def test_a_restricted_subject_leaves_the_house_as_reference_and_severity_only() -> None:
    subject = Subject("incident", "1", "INC-7", "Payroll stolen by insider", "/incidents/INC-7/", restricted=True)
    message = message_about(
        subject, title=subject.title, text="Payroll stolen", severity="critical", attributes={"host": "payroll-1"}
    )
    assert message.title == "Critical: INC-7"
    assert "ayroll" not in repr(message)
