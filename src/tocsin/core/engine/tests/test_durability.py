"""Commits that need not wait for the disk do not; whatever the outside learns of is forced before it does."""

import threading

import msgspec
import pytest
from django.db import connection

from tocsin.core.engine.claim import lease_jobs
from tocsin.core.engine.durability import leave_to_the_next
from tocsin.core.engine.execute import run_effect
from tocsin.core.engine.registry import kinds
from tocsin.core.engine.turns import LEASE
from tocsin.core.work import Done, JobView, effect, enqueue
from tocsin.kernel.clock import now

acted: list[str] = []


class Nothing(msgspec.Struct):
    pass


@effect("test.acts", Nothing)
def acts(payload: Nothing, job: JobView) -> Done:
    acted.append("acted")
    return Done()


@effect("test.begins", Nothing, begins=True)
def begins(payload: Nothing, job: JobView) -> Done:
    acted.append("acted")
    return Done()


def waits_for_the_disk() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


def in_a_thread(work: "list[str]", *, lazy: bool) -> None:
    def run() -> None:
        if lazy:
            leave_to_the_next()
        work.append(waits_for_the_disk())
        connection.close()
        work.append(waits_for_the_disk())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_only_the_thread_that_asked_for_it_commits_without_waiting_also_when_it_connects_anew():
    usual: list[str] = []
    lazy: list[str] = []
    in_a_thread(usual, lazy=False)
    in_a_thread(lazy, lazy=True)
    assert lazy == (["1", "1"] if connection.vendor == "sqlite" else ["off", "off"])
    in_a_thread(again := [], lazy=False)
    assert again == usual


@pytest.mark.parametrize(("kind", "written"), [("test.acts", ["lease", "acted"]), ("test.begins", ["acted"])])
@pytest.mark.django_db
def test_a_lease_is_forced_to_the_disk_before_an_effect_that_does_not_write_down_its_own_beginning(kind, written):
    acted.clear()

    def notice(execute, sql, params, many, context):
        if "engine_job" in sql and sql.startswith("UPDATE") and not acted:
            acted.append("lease")
        return execute(sql, params, many, context)

    enqueue(kind, Nothing())
    (job,) = lease_jobs(kinds=[kind], holder="me", at=now(), until=now() + LEASE, limit=1, closed_lanes=[])
    with connection.execute_wrapper(notice):
        run_effect(job)
    assert acted == written


def test_a_message_writes_down_that_it_begins():
    assert kinds["delivery.send"].begins
