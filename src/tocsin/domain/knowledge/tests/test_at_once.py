"""A report that is made while others write: rows and log tell the same story, up to one entry. On both databases."""

import threading
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection

from tocsin.core.log import read_stream
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.knowledge import commands, queries
from tocsin.domain.knowledge.models import Report
from tocsin.domain.knowledge.rules.snapshot import Snapshot, decode
from tocsin.domain.knowledge.tests.conftest import World
from tocsin.kernel.errors import Conflict, Refused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: object) -> list[str]:
    """Run all together; what each ended with: done, or the name of what it raised."""
    ready, ends = threading.Barrier(len(acts)), []

    def run(act: object) -> None:
        ready.wait()
        try:
            act()  # type: ignore[operator]
            ends.append("done")
        except (Refused, DatabaseError) as error:
            ends.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.fixture
def declared(world: World) -> str:
    """INC-1, by hand; its id."""
    return incidents.declare(
        world.actor("Mateo"), title="Checkout fails", kind="disruption", severity="low", page=False
    )


def test_a_report_made_while_others_write_is_of_one_moment(world: World, declared: str) -> None:
    mateo, amina = world.actor("Mateo"), world.actor("Amina")
    seen: list[Snapshot] = []

    def write() -> None:
        for n in range(12):
            incidents.add_task(mateo, incident="INC-1", title=f"Task {n}")

    def generate() -> None:
        for _ in range(4):
            commands.generate_report(amina, incident="INC-1")
            seen.append(decode(Report.objects.get().known))

    assert at_once(write, write, generate) == ["done"] * 3
    entries = {entry.seq: entry for entry in read_stream(f"incident:{declared}")}
    for known in seen:
        last = known.positions[f"incident:{declared}"]
        told = [entries[seq].type for seq in range(1, last + 1)]
        assert entries[last + 1].type == "knowledge.report_generated"
        assert len(known.tasks) == told.count("incidents.task_added")
        assert [m.type for m in known.moments] == [type_ for type_ in told if not type_.startswith("knowledge.")]
    assert all(a.entries_read < b.entries_read for a, b in pairwise(seen))


def test_of_two_who_generate_the_first_report_both_get_the_same(world: World, declared: str) -> None:
    amina, mateo = world.actor("Amina"), world.actor("Mateo")
    ends = at_once(
        lambda: commands.generate_report(amina, incident="INC-1"),
        lambda: commands.generate_report(mateo, incident="INC-1"),
    )
    assert ends == ["done", "done"]
    assert queries.report(amina, "INC-1").generation == 2


def test_of_two_who_save_one_part_at_once_one_is_told(world: World, declared: str) -> None:
    amina, mateo = world.actor("Amina"), world.actor("Mateo")
    report = commands.generate_report(amina, incident="INC-1")
    ends = at_once(
        lambda: commands.save_section(amina, report_id=report, section="cause", text="Hers", version=0),
        lambda: commands.save_section(mateo, report_id=report, section="cause", text="His", version=0),
        lambda: commands.generate_report(amina, incident="INC-1"),
    )
    assert ends == [Conflict.__name__, "done", "done"]
    assert queries.report(amina, report).sections["cause"].text in {"Hers", "His"}
