"""Starts runs of the harness as programs: databases made once, a copy for each run, several runs at the same time.

Hides homes, copies and environment. A run spends most of its time waiting for leases of the dead to run out, so that
four at once take little longer than one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.harness import peers

_MEMORY = Path("/dev/shm")
"""A kill of a process loses nothing that was written: what is proven here needs no disk."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A home and a database with people and services; `base` is the server of it, '' for SQLite."""

    home: Path
    url: str
    base: str


class Run:
    """One run under way."""

    def __init__(self, home: Path, running: "subprocess.Popen[str]") -> None:
        self.home, self._running = home, running

    def result(self, seconds: float) -> dict[str, Any]:
        """What it saw. Fails with what it said when it ends badly or not in time."""
        said, errors = self._running.communicate(timeout=seconds)
        assert self._running.returncode == 0, errors[-4000:]
        return dict(json.loads(said.splitlines()[-1]))

    def stop(self) -> None:
        """End it, whatever it does."""
        self._running.kill()
        self._running.communicate()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for homes, in memory where there is room, gone afterwards."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2 * 1024**3 else None
    made = Path(tempfile.mkdtemp(prefix="tocsin-kills-", dir=where))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def prepare(below: Path, postgres: str = "") -> Prepared:
    """Make and fill a database once: on this PostgreSQL, or without one in SQLite."""
    home = below / f"prepared-{uuid4().hex[:8]}"
    home.mkdir()
    url = _fresh(postgres) if postgres else f"sqlite:///{home / 'tocsin.sqlite3'}"
    done = subprocess.run(
        _argv("--make"), env=_environment(home, url), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Prepared(home, url, postgres)


def start(prepared: Prepared, *words: str) -> Run:
    """Begin a run over a copy; `words` as of `python -m tests.harness.kills`."""
    home = prepared.home.parent / f"run-{uuid4().hex[:8]}"
    shutil.copytree(prepared.home, home, ignore=shutil.ignore_patterns("run"))
    url = f"sqlite:///{home / 'tocsin.sqlite3'}"
    if prepared.base:
        url = _fresh(prepared.base, of=prepared.url)
    running = subprocess.Popen(
        _argv("--over-a-copy", *words),
        env=_environment(home, url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=peers.dies_with_us,
    )
    return Run(home, running)


def _argv(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.harness.kills", *words]


def _environment(home: Path, url: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    return {
        **clean,
        "DJANGO_SETTINGS_MODULE": "tocsin.project.settings",
        "TOCSIN_HOME": str(home),
        "TOCSIN_DATABASE_URL": url,
        "TOCSIN_OUTGOING_ALLOW": "127.0.0.1",
    }


def _fresh(base: str, of: str = "") -> str:
    name = f"kills_{uuid4().hex[:12]}"
    like = f" TEMPLATE {re.split(r'[/?]', of.rpartition('@')[2])[1]}" if of else ""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{like}".encode())
    return re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", base)
