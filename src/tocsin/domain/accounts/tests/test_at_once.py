"""Two people at the same moment: what must hold all the same. Runs on real connections, one per person."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from tocsin.domain.accounts import commands, queries
from tocsin.kernel.actor import Role, system
from tocsin.kernel.errors import Refused

HOUSE = system("test")
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run all acts together; what each ended with: done, or the name of its refusal."""
    ready, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
            ends.append("done")
        except Refused as refused:
            ends.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_two_administrators_who_deactivate_each_other_leave_one() -> None:
    ids = [
        commands.add_person(HOUSE, email=f"{name}@example.org", name=name, roles=[Role.ADMINISTRATOR])
        for name in ("ana", "ben")
    ]
    ends = at_once(*(lambda id_=id_: commands.deactivate_person(HOUSE, person_id=id_) for id_ in ids))  # type: ignore[misc]
    assert ends == ["Conflict", "done"]
    assert len(queries.administrator_ids()) == 1


def test_an_address_given_to_two_people_at_once_goes_to_one() -> None:
    ends = at_once(*[lambda: commands.add_person(HOUSE, email="ana@example.org", name="Ana")] * 3)
    assert ends == ["Invalid", "Invalid", "done"]
    assert len(queries.people(HOUSE)) == 1
