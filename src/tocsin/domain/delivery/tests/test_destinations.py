"""Contact methods: whose they are, how they are proved, which one is asked first."""

import re

import pytest
import time_machine

from tocsin.core.engine.testing import run_engine
from tocsin.domain.accounts.models import User
from tocsin.domain.delivery.commands import (
    add_destination,
    change_destination,
    request_verification,
    send_test,
    verify,
)
from tocsin.domain.delivery.models import Destination
from tocsin.domain.delivery.ports import Capability, register_transport
from tocsin.domain.delivery.queries import deliveries, destination_ids_for, destinations
from tocsin.domain.delivery.tests.conftest import SYSTEM, Pigeon
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.errors import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(pigeon: Pigeon, as_mara: Actor) -> str:
    """Mara's contact method, not proved yet."""
    return add_destination(as_mara, kind="pigeon", address="loft-2", person_id=as_mara.person)


def code_in(pigeon: Pigeon) -> str:
    run_engine()
    found = re.search(r"\b(\d{6})\b", pigeon.sent[-1][1].text)
    assert found
    return found[1]


def proved(id_: str) -> bool:
    return Destination.objects.get(id=id_).verified_at is not None


def test_the_code_that_arrived_proves_the_contact_method_once(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    request_verification(as_mara, destination_id=own)
    code = code_in(pigeon)
    verify(as_mara, destination_id=own, code=f" {code[:3]} {code[3:]} ")
    assert proved(own)
    with pytest.raises(Conflict):
        verify(as_mara, destination_id=own, code=code)


def test_after_five_wrong_codes_the_right_one_no_longer_works(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    request_verification(as_mara, destination_id=own)
    code = code_in(pigeon)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(Invalid, match="code"):
            verify(as_mara, destination_id=own, code=wrong)
    with pytest.raises(Conflict):
        verify(as_mara, destination_id=own, code=code)
    assert not proved(own)


def test_a_code_runs_out_after_ten_minutes(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    with time_machine.travel("2026-11-03T09:00:00Z", tick=False) as clock:
        request_verification(as_mara, destination_id=own)
        code = code_in(pigeon)
        clock.shift(601)
        with pytest.raises(Conflict):
            verify(as_mara, destination_id=own, code=code)


def test_a_new_code_makes_the_old_one_void(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    request_verification(as_mara, destination_id=own)
    first = code_in(pigeon)
    request_verification(as_mara, destination_id=own)
    second = code_in(pigeon)
    if first != second:
        with pytest.raises(Invalid):
            verify(as_mara, destination_id=own, code=first)
    verify(as_mara, destination_id=own, code=second)


def test_codes_cannot_flood_a_strangers_mailbox(own: str, as_mara: Actor) -> None:
    for _ in range(5):
        request_verification(as_mara, destination_id=own)
    with pytest.raises(Conflict):
        request_verification(as_mara, destination_id=own)


def test_a_code_that_could_not_be_sent_in_time_is_not_sent_late(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    with time_machine.travel("2026-11-03T09:00:00Z", tick=False) as clock:
        request_verification(as_mara, destination_id=own)
        clock.shift(700)
        run_engine()
    assert pigeon.sent == []
    assert deliveries(SYSTEM)[0].state == "suppressed"


def test_a_new_address_must_be_proved_again(loft: str) -> None:
    change_destination(SYSTEM, destination_id=loft, label="At home")
    assert proved(loft)
    change_destination(SYSTEM, destination_id=loft, address="elsewhere")
    assert not proved(loft)


def test_others_may_not_change_it_vouch_for_it_or_see_its_address(own: str, as_mara: Actor, mara: User) -> None:
    other = Actor("person:x", "Ben", frozenset({Role.RESPONDER}), person="00000000-0000-0000-0000-000000000001")
    with pytest.raises(NotFound):
        change_destination(other, destination_id=own, enabled=False)
    with pytest.raises(Denied):
        add_destination(other, kind="pigeon", address="x", person_id=str(mara.id))
    with pytest.raises(Denied):
        add_destination(as_mara, kind="pigeon", address="y", person_id=str(mara.id), vouched=True)
    [seen] = destinations(other, str(mara.id))
    assert (seen.address, seen.config, seen.address_hint) == ("", {}, "l…")
    [mine] = destinations(as_mara, str(mara.id))
    assert mine.address == "loft-2"


def test_the_same_address_twice_is_a_conflict(own: str, as_mara: Actor) -> None:
    with pytest.raises(Conflict):
        add_destination(as_mara, kind="pigeon", address="loft-2", person_id=as_mara.person)
    add_destination(SYSTEM, kind="pigeon", address="loft-2")
    with pytest.raises(Conflict):
        add_destination(SYSTEM, kind="pigeon", address="loft-2")


def test_proved_methods_come_first_and_what_wakes_first_when_it_is_urgent(
    pigeon: Pigeon, own: str, as_mara: Actor
) -> None:
    quiet = Pigeon(kind="letter", capabilities=frozenset({Capability.HTML}))
    register_transport("letter", quiet)
    person = as_mara.person
    assert destination_ids_for(person, urgent=True) == [own]
    letter = add_destination(SYSTEM, kind="letter", address="a", person_id=person, vouched=True)
    phone = add_destination(SYSTEM, kind="pigeon", address="b", person_id=person, vouched=True)
    assert destination_ids_for(person, urgent=True) == [phone, letter]
    assert destination_ids_for(person, urgent=False) == [letter, phone]
    change_destination(SYSTEM, destination_id=phone, enabled=False)
    assert destination_ids_for(person, urgent=True) == [letter]


def test_a_test_message_goes_through_the_ledger(pigeon: Pigeon, own: str, as_mara: Actor) -> None:
    id_ = send_test(as_mara, destination_id=own)
    run_engine()
    [seen] = deliveries(as_mara)
    assert (seen.id, seen.state, seen.purpose) == (id_, "sent", "delivery.test")
