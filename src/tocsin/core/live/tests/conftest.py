"""Two people and a kind of subject whose gate a test can move."""

import pytest

from tocsin.core import visibility
from tocsin.core.live import stream as live
from tocsin.kernel.actor import Actor, Role


@pytest.fixture
def people(monkeypatch):
    """Sessions `amina` and `mallory`; `secret` streams are for Amina alone."""
    known = {
        "amina": Actor(id="person:a", name="Amina", person="a", roles=frozenset({Role.SECURITY})),
        "mallory": Actor(id="person:m", name="Mallory", person="m", roles=frozenset({Role.VIEWER})),
    }
    closed: set[str] = {"secret"}
    monkeypatch.setitem(
        visibility._gates, "note", lambda actor, ids: {i for i in ids if i not in closed or actor.person == "a"}
    )
    monkeypatch.setattr(live, "who", lambda sessions: {s: known[s] for s in sessions if s in known})
    return known, closed
