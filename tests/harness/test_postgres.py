"""The private PostgreSQL answers, is gone afterwards, and dies with a test run that was killed."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from tests.harness import postgres

_PRINT_AND_WAIT = "import os, time; print(os.environ['TOCSIN_DATABASE_URL'], os.getpid(), flush=True); time.sleep(60)"


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_it_answers_and_leaves_nothing_behind() -> None:
    with postgres.private_postgres() as url:
        assert _answers(url)
    assert not _folder(url).exists()


def test_it_listens_on_no_network_address() -> None:
    with postgres.private_postgres() as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_run_that_started_it(number: signal.Signals) -> None:
    argv = [sys.executable, str(postgres.__file__), sys.executable, "-c", _PRINT_AND_WAIT]
    run = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    url, command = run.stdout.readline().split()
    assert _answers(url)
    run.send_signal(number)
    run.wait()
    until = time.monotonic() + 10
    while _answers(url) or Path("/proc", command).exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    # Whoever is killed cannot tidy up.
    shutil.rmtree(_folder(url), ignore_errors=True)


def test_a_missing_postgresql_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PG_BIN", raising=False)
    with pytest.raises(postgres.PostgresMissing, match="install Debian's package 'postgresql'"):
        postgres.binaries()
