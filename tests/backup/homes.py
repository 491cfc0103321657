"""Installations of their own, driven by their command line, and empty databases for them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection


class Home:
    """An installation of its own, driven by its command line."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_") and k != "DJANGO_SETTINGS_MODULE"}
        self._environment = (
            kept | {"TOCSIN_HOME": str(folder)} | ({"TOCSIN_DATABASE_URL": database} if database else {})
        )

    def run(self, *words: str) -> str:
        """What the command printed; its refusal is raised."""
        done = self.tries(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuses(self, *words: str) -> str:
        """The sentence of the refusal."""
        done = self.tries(*words)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    def tries(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The command as it ended."""
        return self.program("-m", "tocsin", *words)

    def program(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Another program of Python in this home, as it ended."""
        command = [sys.executable, *words]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)


@contextmanager
def empty_database() -> Iterator[str]:
    """URL of an empty database of the kind that the suite runs on, gone afterwards; empty text: the embedded one."""
    if connection.vendor != "postgresql":
        yield ""
        return
    name = f"empty_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        before, _, after = settings.DATABASE_URL.partition("://")
        rest, mark, query = after.partition("?")
        yield f"{before}://{rest.rpartition('/')[0]}/{name}{mark}{query}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
