"""300 engines killed with SIGKILL, over one and three engines on both databases: nothing lost, nothing silent."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

pytestmark = pytest.mark.kills


def _run(home: Path, database: str, *arguments: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tocsin.project.settings",
        "TOCSIN_HOME": str(home),
        "TOCSIN_DATABASE_URL": database,
        "HARNESS_SINK": str(home / "sink"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.ground_kills", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tocsin.sqlite3'}"
    url = str(request.getfixturevalue("postgres_url"))
    name = f"kills_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", url)


@pytest.mark.parametrize("engines", [1, 3])
def test_75_kills_lose_no_alarm_and_silence_none(tmp_path: Path, database: str, engines: int) -> None:
    result = _run(tmp_path, database, "--engines", str(engines), "--kills", "75", "--seed", str(engines))
    assert result["kills"] >= 75
    assert result["by"].keys() == {"at random", "at a point"}
    assert (result["lost"], result["silent"], result["dead"], result["waiting"]) == (0, 0, 0, 0), result
    assert result["log_faults"] == []


def test_recording_before_sending_would_lose_alarms(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'tocsin.sqlite3'}"
    result = _run(tmp_path, database, "--kills", "40", "--order", "wrong")
    assert result["lost"] > 0, "the harness does not notice the wrong order: it proves nothing"
