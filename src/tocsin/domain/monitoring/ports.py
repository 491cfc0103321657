"""What a kind of check must offer, and the registry through which the engine and the forms find it.

A probe goes out once and says what it found. It never touches the store and never decides a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Literal, Protocol

from tocsin.kernel.errors import Invalid

HEARTBEAT = "heartbeat"
"""The kind that is not asked but speaks: a job elsewhere calls an address, and silence is the failure."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe found. `answer` is one short sentence without any part of a body or secret.

    `until`: when what it looked at runs out (a certificate).
    """

    ok: bool
    answer: str
    latency_ms: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that people may demand of a kind of check, as a form asks for it."""

    name: str
    label: str
    help: str = ""
    kind: Literal["text", "number", "choice"] = "text"
    initial: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class Probe(Protocol):
    """A kind of check."""

    @property
    def kind(self) -> str:
        """Stands in each check."""
        ...

    @property
    def label(self) -> str:
        """As people choose it: 'Web address (HTTP)'."""
        ...

    @property
    def target_label(self) -> str:
        """What its target is called, with an example."""
        ...

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """What can be demanded."""
        ...

    def settle(self, target: str, expect: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Target and expectations as they will be stored. Raises `Invalid` naming the field."""
        ...

    def look(self, target: str, expect: Mapping[str, Any], timeout: float) -> Finding:
        """Go out once, within `timeout` seconds. Whatever goes wrong is a finding."""
        ...


_probes: dict[str, Probe] = {}


def register_probe(probe: Probe) -> None:
    """Make a kind of check known."""
    _probes[probe.kind] = probe


def probes() -> dict[str, Probe]:
    """All kinds that go out, in the order in which they registered."""
    return dict(_probes)


def probe_of(kind: str) -> Probe:
    """The probe of a kind. Raises `Invalid`."""
    found = _probes.get(kind)
    if found is None:
        raise Invalid(f"kind: '{kind}' is no kind of check; choose one of {', '.join(_probes)}.", field="kind")
    return found


def load_probes() -> None:
    """Import the `probe` module of every vendor that has one; each registers itself."""
    # By name: vendors stand above this room, which must not know them.
    import_module("tocsin.integrations").discover("probe")
