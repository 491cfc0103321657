"""The log: what is written stays, what is changed is found."""

import json

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from tocsin.core.engine.testing import run_engine
from tocsin.core.events.checkpoints import LOCAL_COPY, checkpoint
from tocsin.core.events.guard import install_triggers, missing_triggers
from tocsin.core.events.models import Checkpoint, Entry, Stream
from tocsin.core.events.verify import export_log, verify_log, verify_stream
from tocsin.core.log import Event, Pending, Recorded, append, append_many, event, reaction, read_stream, together
from tocsin.core.secrets.sealing import ERASED, forget
from tocsin.kernel.actor import system
from tocsin.kernel.chain import verify_export

ME = system("test")


@event("test.said")
class Said(Event, frozen=True, kw_only=True):
    """Someone wrote something."""

    person: str = "p1"
    text: str
    sealed = {"text": "person"}

    def sentence(self) -> str:
        return "said something"


heard: list[tuple[str, str]] = []


@reaction(Said, name="test.hear")
def hear(recorded: Recorded[Said]) -> None:
    heard.append((recorded.stream, recorded.event.text))


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path
    heard.clear()


def say(*texts: str, stream: str = "note:1") -> list[Entry]:
    with transaction.atomic():
        return append_many([Pending(stream, Said(text=text), ME) for text in texts])


def _without_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE events_entry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE events_checkpoint DISABLE TRIGGER USER")
        else:
            for name in ("update", "delete", "replace"):
                cursor.execute(f"DROP TRIGGER events_entry_no_{name}")
                cursor.execute(f"DROP TRIGGER events_checkpoint_no_{name}")


@pytest.mark.django_db
def test_entries_of_a_stream_are_numbered_and_chained():
    first, second = say("one", "two")
    (third,) = say("three")
    assert [e.seq for e in (first, second, third)] == [1, 2, 3]
    assert second.previous_hash == first.hash
    assert third.previous_hash == second.hash
    assert [r.event.text for r in read_stream("note:1", after=1)] == ["two", "three"]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        append("note:1", Said(text="alone"), ME)


@event("test.counted")
class Counted(Event, frozen=True, kw_only=True):
    """Nothing in it is sealed."""

    def sentence(self) -> str:
        return "counted"


@pytest.mark.django_db
def test_appending_many_costs_no_more_queries_than_appending_two():
    def queries(n: int) -> int:
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            append_many([Pending(f"note:{i}", Counted(), ME) for i in range(n)])
        return len(captured)

    queries(40)
    assert queries(40) == queries(2)


@pytest.mark.django_db
def test_every_event_reaches_its_reaction_once():
    say("one", "two")
    say("three", stream="note:2")
    run_engine()
    assert sorted(heard) == [("note:1", "one"), ("note:1", "two"), ("note:2", "three")]
    run_engine()
    assert len(heard) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events_entry SET data = '{}'",
        "DELETE FROM events_entry",
        "UPDATE events_checkpoint SET body = ''",
        "DELETE FROM events_checkpoint",
    ],
)
def test_the_database_refuses_any_change_to_the_log(change):
    say("one")
    checkpoint()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert verify_log().whole


@pytest.mark.django_db
def test_replacing_an_entry_is_refused_as_well():
    (entry,) = say("one")
    if connection.vendor == "postgresql":
        change = "TRUNCATE events_entry"
    else:
        change = (
            "INSERT OR REPLACE INTO events_entry SELECT id, stream, seq, type, actor_id, 'Mallory', occurred_at,"
            " recorded_at, audience, data, previous_hash, hash FROM events_entry"
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Entry.objects.get(id=entry.id).actor_name == "Tocsin"


@pytest.mark.django_db
def test_lost_triggers_are_noticed_and_mended():
    say("one")
    _without_triggers()
    assert missing_triggers()
    assert not verify_log().whole
    install_triggers()
    assert verify_log().whole


def _faults() -> str:
    return " | ".join(fault.sentence for fault in verify_log().faults)


@pytest.mark.django_db
def test_a_changed_entry_is_found():
    say("one", "two", "three")
    _without_triggers()
    Entry.objects.filter(seq=2).update(actor_name="Mallory")
    assert "entry 2 was changed" in _faults()
    assert "entry 2 was changed" in verify_stream("note:1").faults[0].sentence


@pytest.mark.django_db
def test_a_missing_entry_is_found():
    say("one", "two", "three")
    _without_triggers()
    Entry.objects.filter(seq=2).delete()
    assert "entry 2 is missing" in _faults()


@pytest.mark.django_db
def test_a_cut_tail_is_found_by_the_checkpoint_even_when_the_head_was_mended():
    say("one", "two", "three")
    checkpoint()
    _without_triggers()
    Entry.objects.filter(seq=3).delete()
    second = Entry.objects.get(seq=2)
    Stream.objects.update(head_seq=2, head_hash=second.hash)
    assert "the end of the stream is gone" in _faults()


@pytest.mark.django_db
def test_a_dropped_stream_and_its_checkpoint_are_found_by_the_copy_outside(settings):
    say("one")
    checkpoint()
    _without_triggers()
    Entry.objects.all().delete()
    Stream.objects.all().delete()
    Checkpoint.objects.all().delete()
    assert f"checkpoint 1 was copied to {LOCAL_COPY} but is not in the log" in _faults()


@pytest.mark.django_db
def test_a_checkpoint_signed_by_somebody_else_is_found():
    say("one")
    row = checkpoint()
    _without_triggers()
    Checkpoint.objects.filter(number=row.number).update(signature="00" * 64)
    assert "bears no valid signature" in _faults()


@pytest.mark.django_db
def test_a_quiet_minute_makes_no_checkpoint():
    say("one")
    assert checkpoint().number == 1
    assert checkpoint() is None
    say("two")
    assert checkpoint().number == 2


@pytest.mark.django_db
def test_an_exported_log_is_verified_without_the_database():
    say("one", "zwölf")
    say("other", stream="note:2")
    checkpoint()
    lines = list(export_log())
    verifier = verify_export(lines)
    assert (verifier.entries, verifier.checkpoints, verifier.faults) == (3, 1, [])
    forged = [line.replace("note:2", "note:3") for line in lines]
    assert verify_export(forged).faults
    swapped = [lines[0], lines[2], lines[1], *lines[3:]]
    assert verify_export(swapped).faults
    assert verify_export([*lines[:1], *lines[2:]]).faults


def test_a_file_that_is_no_export_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="first line must be the header"):
        verify_export([json.dumps({"kind": "entry"})])


@pytest.mark.django_db
def test_erasing_a_person_erases_the_text_and_keeps_the_chain():
    say("my name is Mateo")
    assert "Mateo" not in Entry.objects.get().data
    forget("person:p1")
    assert read_stream("note:1")[0].event.text == ERASED
    assert verify_log().whole


@pytest.mark.django_db
def test_a_nul_byte_in_a_text_does_not_fail_the_transaction():
    say("a\0b")
    assert read_stream("note:1")[0].event.text == "a\0b"


@pytest.mark.django_db
def test_what_is_appended_together_is_written_at_once_and_in_order():
    with CaptureQueriesContext(connection) as asked, transaction.atomic(), together():
        append("note:1", Said(text="one"), ME)
        append("note:2", Said(text="two"), ME)
        append("note:1", Said(text="three"), ME)
    assert sum("INTO events_entry" in query["sql"] for query in asked) == 1
    assert [entry.event.text for entry in read_stream("note:1")] == ["one", "three"]
    assert verify_log().whole


@pytest.mark.django_db
def test_a_change_of_many_events_that_fails_leaves_none():
    def fail() -> None:
        with transaction.atomic(), together():
            append("note:1", Said(text="one"), ME)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert read_stream("note:1") == []


@pytest.mark.django_db
def test_events_written_at_once_do_not_overtake_those_that_wait():
    with transaction.atomic(), together():
        append("note:1", Said(text="one"), ME)
        (entry,) = append_many([Pending("note:1", Said(text="two"), ME)])
    assert entry.seq == 2
    assert [entry.event.text for entry in read_stream("note:1")] == ["one", "two"]
