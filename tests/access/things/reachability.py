"""A test of everyone on call, and a test page of it; both ended, so that nobody waits for an answer to them."""

from typing import Any

from tocsin.domain.assurance import commands, queries
from tocsin.kernel.actor import system


def make(world: Any) -> dict[str, str]:
    """Their ids."""
    round_id = commands.page_everyone_on_call(system("test"))
    test = queries.test_round(system("test"), round_id).tests[0]
    commands.stop_test(system("test"), test_id=test.id)
    return {"round_id": round_id, "test_id": test.id}
