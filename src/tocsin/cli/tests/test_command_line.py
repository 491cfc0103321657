"""The command line as people meet it: quick, and clear when something is in the way."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.cli.preparation import fingerprint, is_prepared, mark_prepared
from tocsin.kernel.chain import GENESIS, entry_hash


def _tocsin(*argv: str, home: Path, keep: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    ours = ("TOCSIN_", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours) or name in keep}
    return subprocess.run(
        [sys.executable, "-m", "tocsin", *argv],
        env={**clean, "TOCSIN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_help_names_every_command() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    for command in ("serve", "web", "engine", "ingest", "migrate", "user", "token", "integration", "apply", "log"):
        assert f"\n  {command} " in text


@pytest.mark.parametrize("module", ["main", "serve", "web", "children", "preparation"])
def test_the_supervisor_never_imports_django(module: str) -> None:
    code = f"import sys, tocsin.cli.{module}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engine_does_without_the_libraries_of_the_api() -> None:
    code = "import django, sys; django.setup(); import tocsin.cli.engine; sys.exit('ninja' in sys.modules)"
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "tocsin.project.settings_test"}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=settings).returncode == 0


def test_an_exported_log_is_verified_without_a_database_or_a_home(tmp_path: Path) -> None:
    export, home = tmp_path / "export.jsonl", tmp_path / "home"
    export.write_text('{"kind": "header", "format": 1, "keys": {}, "streams": []}\n')
    answer = _tocsin("log", "verify", "--file", str(export), home=home)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "The log is whole." in answer.stdout
    assert not home.exists()


def test_a_changed_entry_of_an_exported_log_is_named(tmp_path: Path) -> None:
    fields = ("type", "actor_id", "actor_name", "occurred_at", "recorded_at", "audience", "data")
    entry = {"stream": "incident:1", "seq": 1, **dict.fromkeys(fields, ""), "previous_hash": GENESIS}
    entry["hash"] = entry_hash(entry)
    export = tmp_path / "export.jsonl"
    header = {"kind": "header", "format": 1, "keys": {}, "streams": ["incident:1"]}
    lines = [header, {"kind": "entry", **entry, "actor_name": "somebody else"}]
    export.write_text("".join(json.dumps(line) + "\n" for line in lines))
    answer = _tocsin("log", "verify", "--file", str(export), home=tmp_path / "home")
    assert answer.returncode == 1
    assert "incident:1: entry 1 was changed after it was written." in answer.stderr


def test_a_file_that_is_no_exported_log_is_refused_with_a_sentence(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text("hello\n")
    answer = _tocsin("log", "verify", "--file", str(export), home=tmp_path / "home")
    assert answer.returncode == 1
    assert "Line 1 of the export is not JSON." in answer.stderr


def test_a_taken_port_is_named_with_its_mend(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = _tocsin("serve", "--port", str(port), home=tmp_path)
    assert answer.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in answer.stderr
    assert "--port" in answer.stderr


def test_a_home_in_use_is_named_with_its_mend(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (tmp_path / "serve.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = _tocsin("serve", "--port", "0", home=tmp_path)
    assert answer.returncode == 1
    assert "process 4711" in answer.stderr
    assert "--home" in answer.stderr


def test_a_home_that_cannot_be_made_is_named_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = _tocsin("serve", "--port", "0", home=tmp_path / "file" / "home")
    assert answer.returncode == 1
    assert "cannot be written to" in answer.stderr
    assert "--home" in answer.stderr


def test_a_database_that_is_away_is_a_sentence_not_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    answer = _tocsin("migrate", home=tmp_path, keep=("TOCSIN_DATABASE_URL",))
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: The database does not answer")
    assert "correct TOCSIN_DATABASE_URL" in answer.stderr


def test_a_setting_file_that_cannot_be_read_is_a_sentence_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_URL_FILE", str(tmp_path / "absent"))
    monkeypatch.delenv("TOCSIN_URL", raising=False)
    answer = CliRunner().invoke(main, ["serve", "--port", "0", "--home", str(tmp_path)])
    assert answer.exit_code == 1
    assert "TOCSIN_URL_FILE names" in answer.output


def test_a_home_is_prepared_again_when_the_version_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    (tmp_path / "tocsin.sqlite3").touch()
    assert not is_prepared(tmp_path)
    mark_prepared(tmp_path)
    assert is_prepared(tmp_path)
    before = fingerprint()
    monkeypatch.setattr("tocsin.__version__", "99.0")
    assert fingerprint() != before
    assert not is_prepared(tmp_path)


def test_a_home_whose_database_is_gone_is_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    mark_prepared(tmp_path)
    assert not is_prepared(tmp_path)
