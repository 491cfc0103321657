"""The engine: work is done when due, tried again when it failed, never forgotten."""

import threading
from datetime import timedelta

import msgspec
import pytest
import time_machine
from django.db import connection, transaction

from tocsin.core.engine.breaker import Breakers
from tocsin.core.engine.claim import lease_jobs
from tocsin.core.engine.execute import run_effect, run_next_database_job
from tocsin.core.engine.health import dead_letters, health, retry_dead_letter
from tocsin.core.engine.loop import EngineProcess
from tocsin.core.engine.models import Engine, Job, Turn
from tocsin.core.engine.registry import periodics
from tocsin.core.engine.testing import run_engine
from tocsin.core.engine.turns import LEASE, Shard, due_periodics, run_periodic
from tocsin.core.work import (
    Done,
    Draft,
    Failed,
    JobView,
    Retry,
    cancel,
    drain,
    effect,
    enqueue,
    enqueue_many,
    periodic,
    transactional,
)
from tocsin.kernel.actor import ANONYMOUS, Actor, Role
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Denied, NotFound

done: list[object] = []


class Note(msgspec.Struct):
    text: str = ""


@transactional("test.write", Note)
def write(payload: Note, job: JobView) -> None:
    done.append(payload.text)
    if payload.text == "bad":
        raise RuntimeError("no")


@effect("test.send", Note)
def send(payload: Note, job: JobView) -> Done | Retry | Failed:
    done.append((payload.text, job.attempts, job.interrupted, job.idempotency_key))
    match payload.text:
        case "later":
            return Retry("busy")
        case "never":
            return Failed("no such address")
        case "crash":
            raise RuntimeError("boom")
    return Done()


held = threading.Event()


@transactional("test.timer", Note)
def ring(payload: Note, job: JobView) -> None:
    """As an escalation's timer: it needs the row that a person who answers holds."""
    held.set()
    list(Turn.objects.select_for_update().filter(name="subject"))
    done.append(payload.text)
    if payload.text == "more":
        draft = Draft("test.timer", msgspec.json.encode(Note("rest")).decode(), job.key, now())
        enqueue_many([draft])
    if payload.text == "again":
        enqueue("test.timer", Note("moved by itself"), key=job.key, due=now() + timedelta(hours=1))


@periodic("test.tick", every=timedelta(minutes=1))
def tick() -> None:
    done.append("tick")


queue: dict[int, list[int]] = {}


@drain("test.drain", shards=2)
def empty(shard: int) -> int:
    taken, queue[shard] = queue.get(shard, [])[:3], queue.get(shard, [])[3:]
    done.extend(taken)
    return len(taken)


@pytest.fixture(autouse=True)
def _fresh():
    done.clear()
    queue.clear()


def put(kind: str, text: str = "", **more: object) -> None:
    with transaction.atomic():
        enqueue(kind, Note(text=text), **more)


def work() -> list[object]:
    done.clear()
    run_engine(periodic=False)
    return list(done)


@pytest.mark.django_db
def test_a_timer_waits_for_its_time():
    with time_machine.travel("2026-03-29T00:59:00Z", tick=False) as clock:
        put("test.write", "wake up", due=now() + timedelta(minutes=2))
        assert work() == []
        clock.shift(timedelta(minutes=2))
        assert work() == ["wake up"]
        assert work() == []


@pytest.mark.django_db
def test_the_same_key_moves_the_job_instead_of_adding_one():
    put("test.write", "early", key="a")
    put("test.write", "late", key="a", due=now() + timedelta(hours=1))
    assert work() == []
    put("test.write", "now", key="a")
    assert work() == ["now"]


@pytest.mark.django_db
def test_a_cancelled_job_never_runs():
    put("test.write", "x", key="a")
    assert cancel("test.write", "a")
    assert not cancel("test.write", "a")
    assert work() == []


@pytest.mark.django_db
def test_what_is_put_in_as_due_long_ago_has_not_waited_since_then() -> None:
    put("test.write", "dated back", due=now() - timedelta(days=31))
    assert health().waiting == 1
    assert health().late < timedelta(minutes=1)


@pytest.mark.django_db
def test_a_failing_job_is_tried_again_by_the_ladder_and_buried_after_a_day():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        put("test.send", "later")
        assert len(work()) == 1
        waits = []
        while job := Job.objects.filter(dead=False).first():
            waits.append(int((job.due_at - now()).total_seconds()))
            clock.move_to(job.due_at)
            work()
        assert waits[:6] == [5, 15, 60, 300, 900, 1800]
        (letter,) = dead_letters()
        assert (letter.kind, letter.last_error) == ("test.send", "busy")
        assert timedelta(hours=24) < now() - letter.created_at < timedelta(hours=25)
        assert health().dead == 1
        assert not health().well


@pytest.mark.django_db
def test_every_attempt_carries_the_same_idempotency_key():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        put("test.send", "later")
        first = work()
        clock.shift(timedelta(seconds=6))
        second = work()
        assert [a[1] for a in (*first, *second)] == [1, 2]
        assert first[0][3] == second[0][3]


@pytest.mark.django_db
def test_an_exception_in_an_effect_is_a_retry_and_in_a_database_job_leaves_nothing_written():
    put("test.send", "crash")
    put("test.write", "bad")
    work()
    assert sorted(Job.objects.values_list("last_error", flat=True)) == ["RuntimeError: boom", "RuntimeError: no"]


@pytest.mark.django_db
def test_a_permanent_failure_is_a_dead_letter_that_an_administrator_can_retry():
    put("test.send", "never")
    work()
    (letter,) = dead_letters()
    with pytest.raises(Denied):
        retry_dead_letter(ANONYMOUS, letter.id)
    administrator = Actor(id="person:1", name="A", roles=frozenset({Role.ADMINISTRATOR}))
    retry_dead_letter(administrator, letter.id)
    with pytest.raises(NotFound):
        retry_dead_letter(administrator, letter.id)
    assert len(work()) == 1


@pytest.mark.django_db
def test_a_dead_letter_whose_newer_job_waits_is_refused_with_a_sentence_and_stays():
    put("test.send", "never", key="same")
    work()
    (letter,) = dead_letters()
    put("test.send", "newer", key="same")
    administrator = Actor(id="person:1", name="A", roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(Conflict, match="Newer work for the same thing waits already"):
        retry_dead_letter(administrator, letter.id)
    assert dead_letters() == [letter]
    work()
    retry_dead_letter(administrator, letter.id)
    assert dead_letters() == []


@pytest.mark.django_db
def test_an_engine_that_died_in_the_middle_is_noticed_by_the_next_one():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        put("test.send", "page")
        lease_jobs(kinds=["test.send"], holder="dead", at=now(), until=now() + LEASE, limit=9, closed_lanes=[])
        assert work() == []
        clock.shift(LEASE + timedelta(seconds=1))
        ((text, attempts, interrupted, _),) = work()
        assert (text, attempts, interrupted) == ("page", 2, True)


@pytest.mark.django_db
def test_an_outcome_after_a_lost_lease_is_recorded_but_leaves_the_job_to_its_new_holder():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        put("test.send", "page")
        (slow,) = lease_jobs(
            kinds=["test.send"], holder="slow", at=now(), until=now() + LEASE, limit=9, closed_lanes=[]
        )
        clock.shift(LEASE * 2)
        lease_jobs(kinds=["test.send"], holder="quick", at=now(), until=now() + LEASE, limit=9, closed_lanes=[])
        run_effect(slow)
        assert Job.objects.get().leased_by == "quick"


@pytest.mark.django_db
def test_a_job_moved_while_it_runs_runs_again():
    put("test.send", "first", key="a")
    (job,) = lease_jobs(kinds=["test.send"], holder="e", at=now(), until=now() + LEASE, limit=9, closed_lanes=[])
    put("test.send", "second", key="a")
    run_effect(job)
    assert [text for text, *_ in work()] == ["second"]


@pytest.mark.django_db(transaction=True)
def test_who_holds_what_a_running_timer_waits_for_may_move_the_timer() -> None:
    Turn.objects.create(name="subject", due_at=now())
    put("test.timer", "ring", key="a")
    held.clear()
    one_writer = connection.vendor == "sqlite"

    def engine() -> None:
        run_next_database_job()
        connection.close()

    with transaction.atomic():
        list(Turn.objects.select_for_update().filter(name="subject"))
        thread = threading.Thread(target=engine)
        thread.start()
        assert held.wait(0.2 if one_writer else 30) is not one_writer
        enqueue("test.timer", Note("moved"), key="a", due=now() + timedelta(hours=1))
    thread.join(timeout=30)
    job = Job.objects.get()
    assert ("moved" in job.payload, job.attempts, job.last_error) == (True, 0, "")
    assert done == ([] if one_writer else ["ring"])


@pytest.mark.django_db
def test_a_job_that_moves_itself_waits_for_its_new_time():
    put("test.timer", "again", key="a")
    assert work() == ["again"]
    assert "moved by itself" in Job.objects.get().payload


@pytest.mark.django_db
def test_work_asked_for_while_the_same_job_runs_is_done_after_it():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False):
        put("test.timer", "more", key="a")
        done.clear()
        assert run_next_database_job()
        assert Job.objects.filter(kind="test.timer").exists(), "what came up after it had looked would be forgotten"


@pytest.mark.django_db
@pytest.mark.parametrize(("move", "kept"), [(False, "first"), (True, "last")])
def test_one_key_twice_in_one_handful_is_one_job(move, kept):
    texts = [msgspec.json.encode(Note(text)).decode() for text in ("first", "last")]
    with transaction.atomic():
        enqueue_many([Draft("test.write", text, "a", now()) for text in texts], move=move)
    assert work() == [kept]


@pytest.mark.django_db
def test_a_job_that_is_moved_again_and_again_is_given_up_a_day_after_the_last_move():
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        put("test.write", "bad", key="a", due=now() + timedelta(days=3))
        clock.shift(timedelta(days=2))
        put("test.write", "bad", key="a")
        work()
        assert (dead_letters(), Job.objects.get().attempts) == ([], 1)


@pytest.mark.django_db
def test_a_periodic_worker_runs_once_per_interval_and_its_failure_is_kept(monkeypatch):
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        assert run_periodic(periodics["test.tick"], "one")
        assert not run_periodic(periodics["test.tick"], "other")
        assert done.count("tick") == 1
        clock.shift(timedelta(minutes=1))
        assert "test.tick" in [worker.name for worker in due_periodics(periodics.values())]
        assert run_periodic(periodics["test.tick"], "other")
        assert done.count("tick") == 2
        assert Turn.objects.get(name="test.tick").runs == 2


@pytest.mark.django_db
def test_a_drain_empties_every_shard():
    queue.update({0: [1, 2, 3, 4], 1: [5]})
    assert sorted(work()) == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_shard_is_held_by_one_engine_until_its_lease_runs_out():
    from tocsin.core.engine.registry import drains

    queue[0] = [1]
    with time_machine.travel("2026-11-24T03:00:00Z", tick=False) as clock:
        first, second = (Shard(drains["test.drain"], 0, name) for name in ("a", "b"))
        assert first.hold()
        assert second.work() == 0
        clock.shift(LEASE + timedelta(seconds=1))
        assert second.work() == 1
        queue[0] = [2]
        assert first.work() == 0, "an engine that lost its turn must not fold"


def test_a_breaker_opens_after_five_failures_in_a_minute_and_tries_again_after_thirty_seconds():
    breakers, at = Breakers(), now()
    for second in range(5):
        assert breakers.closed_off(at) == []
        breakers.failed("smtp", at + timedelta(seconds=second))
    assert breakers.closed_off(at + timedelta(seconds=10)) == ["smtp"]
    assert breakers.closed_off(at + timedelta(seconds=40)) == []
    breakers.worked("smtp")
    assert breakers.snapshot() == {}


def test_a_provider_that_rested_gets_one_trial_and_rests_again_when_it_fails():
    breakers, at = Breakers(), now()
    for second in range(0, 50, 10):
        breakers.failed("smtp", at + timedelta(seconds=second))
    later = at + timedelta(seconds=71)
    assert not breakers.admits("smtp", later - timedelta(seconds=10))
    assert [breakers.admits("smtp", later) for _ in range(3)] == [True, False, False]
    assert breakers.closed_off(later) == ["smtp"], "nothing more while the trial is under way"
    breakers.failed("smtp", later)
    assert breakers.closed_off(later + timedelta(seconds=29)) == ["smtp"]
    assert breakers.admits("smtp", later + timedelta(seconds=31))
    breakers.undecided("smtp")
    assert breakers.admits("smtp", later + timedelta(seconds=32)), "a refused address says nothing about the provider"
    breakers.worked("smtp")
    assert [breakers.admits("smtp", later + timedelta(seconds=33)) for _ in range(3)] == [True] * 3


def test_slow_failures_open_no_breaker():
    breakers, at = Breakers(), now()
    for minute in range(9):
        breakers.failed("smtp", at + timedelta(minutes=minute))
    assert breakers.closed_off(at + timedelta(minutes=9)) == []


@pytest.mark.django_db
def test_a_closed_lane_waits_while_the_others_go_on():
    put("test.send", "slow", lane="smtp")
    put("test.send", "quick", lane="sms")
    jobs = lease_jobs(kinds=["test.send"], holder="e", at=now(), until=now() + LEASE, limit=9, closed_lanes=["smtp"])
    assert [job.lane for job in jobs] == ["sms"]


@pytest.mark.django_db(transaction=True)
def test_a_running_engine_does_what_comes_and_stops_when_told():
    put_in = Job.objects.filter(kind="test.send")
    engine = EngineProcess("test-loop")
    thread = threading.Thread(target=engine.run)
    thread.start()
    try:
        put("test.send", "live")
        for _ in range(1200):
            if ("live", 1) in [d[:2] for d in done if isinstance(d, tuple)] and not put_in.exists():
                break
            threading.Event().wait(0.05)
        assert health().alive == 1
        assert not put_in.exists()
    finally:
        engine.stop()
        thread.join(timeout=10)
    assert not thread.is_alive()
    assert not Engine.objects.filter(name="test-loop").exists()


@pytest.mark.django_db
def test_many_of_one_lane_that_come_due_at_once_leave_workers_for_others() -> None:
    for number in range(20):
        enqueue("test.send", Note(f"slow {number}"), lane="vendor-slow")
        enqueue("test.send", Note(f"quick {number}"), lane="vendor")
    enqueue("test.send", Note("a page"))
    engine, handed = EngineProcess("lanes"), []

    class Pool:
        def submit(self, _run: object, job: Job) -> None:
            handed.append(job.lane)

    while engine._hand_out(Pool()):  # type: ignore[arg-type]
        pass
    assert (handed.count("vendor-slow"), handed.count("vendor"), handed.count("")) == (4, 8, 1)
    assert Job.objects.filter(lease_until=None).count() == 20 * 2 - 12
