"""The demo, loaded for an administrator at noon; time stands still until a test moves it."""

from datetime import UTC, datetime

import time_machine

from tests.harness.houses import house
from tocsin.cli.demo import load
from tocsin.domain.accounts import commands as accounts
from tocsin.kernel.actor import system

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@house(at=NOON, home=True)
def loaded(clock: time_machine.Traveller) -> time_machine.Traveller:
    """The demo organisation, just loaded; the clock."""
    accounts.ensure_administrator(system("cli"))
    assert load()
    return clock
