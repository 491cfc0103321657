"""Each benchmark runs for a moment, so that none rots. Nothing here is timed: the figures are for people."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.peers


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        ("ingest", "Tocsin, door alone, durable"),
        ("paging", "Tocsin, durable"),
        ("storm", "10,000"),
        ("footprint", "memory in MiB"),
        ("screens", "/monitoring/"),
        ("streams", "missing, doubled"),
        ("hub", "streams unlike the log"),
        ("status_page", "Tocsin, from memory"),
        ("schedule", "50 people, a year"),
    ],
)
def test_a_benchmark_runs_and_prints_its_table(root: Path, program: str, shown: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{program}", "--smoke"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert shown in done.stdout
