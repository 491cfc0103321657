"""300 engines killed with SIGKILL while pages go out, over one and three engines on both databases: none is lost."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.harness.kills import starting

pytestmark = pytest.mark.kills

_RUNS = [("sqlite", 1), ("sqlite", 3), ("postgresql", 1), ("postgresql", 3)]
_WRONG = ("--kills", "20", "--order", "wrong", "--at", "acted")
_PATIENCE = 900.0


class _Runs:
    """All runs, begun at the same time when the first is asked for; each test waits for its own."""

    def __init__(self, of: dict[Any, starting.Run]) -> None:
        self.of = of

    def close(self) -> None:
        for run in self.of.values():
            run.stop()


@pytest.fixture(scope="module")
def runs(postgres_url: str) -> Iterator[dict[Any, starting.Run]]:
    """By database and number of engines, and one in the wrong order."""
    with starting.folder() as below:
        prepared = {"sqlite": starting.prepare(below), "postgresql": starting.prepare(below, postgres_url)}
        begun: dict[Any, starting.Run] = {}
        with closing(_Runs(begun)):
            for database, engines in _RUNS:
                words = ("--engines", str(engines), "--kills", "75", "--seed", str(engines))
                begun[database, engines] = starting.start(prepared[database], *words)
            begun["wrong"] = starting.start(prepared["sqlite"], *_WRONG)
            yield begun


@pytest.mark.parametrize(("database", "engines"), _RUNS)
def test_75_kills_lose_no_page_and_silence_none(runs: dict[Any, starting.Run], database: str, engines: int) -> None:
    result = runs[database, engines].result(_PATIENCE)
    assert result["kills"] >= 75
    assert result["by"].keys() > {"at random", "at taken"}, "no engine was killed at a named point"
    assert result["pages"] > result["alarms"] > 10, "somebody has to be called after the first one was silent"
    bad = (
        "unfinished",
        "lost",
        "silent",
        "after_the_answer",
        "mended",
        "without_work",
        "unbalanced",
        "in_flight",
        "dead",
    )
    assert {name: result[name] for name in bad} == dict.fromkeys(bad, 0), result
    assert result["recorded_twice"] == 0
    assert result["log_faults"] == []


def test_recording_before_sending_would_lose_pages(runs: dict[Any, starting.Run]) -> None:
    result = runs["wrong"].result(_PATIENCE)
    assert result["lost"] > 0, "the harness does not notice the wrong order: it proves nothing"
