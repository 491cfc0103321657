"""The small world of paging, with the audit switched on."""

from collections.abc import Iterator

import pytest

from tocsin.domain.assurance import commands
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.queries import ReachabilityFinding, findings
from tocsin.domain.oncall.tests.conftest import World, world

__all__ = ["World", "look", "world"]


@pytest.fixture(autouse=True)
def _on(settings: object) -> Iterator[None]:
    settings.REACHABILITY = True  # type: ignore[attr-defined]
    return


def look() -> dict[str, ReachabilityFinding]:
    """Run the audit; what stands then, by kind."""
    commands.audit(READER)
    return {view.kind: view for view in findings(READER)}
