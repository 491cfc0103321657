"""Every story begins in a quiet night, 24 November 2026, 02:47 UTC."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings

from tests.harness.story import NIGHT, Carrier, Story
from tocsin.core.secrets.keyring import keyring
from tocsin.domain.alerts.ports import load_sources
from tocsin.domain.delivery import ports


@pytest.fixture
def fresh(db: None, tmp_path: Path) -> Iterator[Story]:
    """A fresh installation: Ada runs it, nothing else is there."""
    keyring()
    before = ports.transports()
    load_sources()
    carrier = Carrier()
    ports.register_transport(carrier.kind, carrier)
    # Copies of checkpoints that other tests left would accuse this log: a home of its own.
    with override_settings(HOME=tmp_path), time_machine.travel(NIGHT, tick=False) as traveller:
        yield Story(traveller, carrier)
    ports._transports.clear()
    ports._transports.update(before)


@pytest.fixture
def story(fresh: Story) -> Story:
    """The shop with its people, its service Checkout and who is called for it."""
    return fresh.staffed()
