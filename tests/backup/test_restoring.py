"""A backup is worth what its restoration is: each test here restores one, as its owner would, on the command line."""

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backup.homes import Home, empty_database
from tocsin.core.backup.archive import check
from tocsin.kernel.errors import Invalid

FIRST_SCHEMA = Path(__file__).parent / "fixtures" / "first-schema.backup"
"""A demo organisation with a minute of its engine's work, copied before the second migration of any room."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """A home with the demo organisation and a file, and its backup."""
    home = Home(tmp_path_factory.mktemp("original"))
    home.run("migrate", "--prepare", "--demo")
    attachment = home.folder / "files" / "ab" / "picture"
    attachment.parent.mkdir(parents=True)
    attachment.write_bytes(b"\x00picture\xff")
    file = home.folder / "whole.backup"
    home.run("backup", "-o", str(file))
    return home, file


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """An empty database of the kind that the suite runs on; empty text means the embedded one."""
    with empty_database() as url:
        yield url


@pytest.mark.django_db(transaction=True)
def test_what_was_restored_and_copied_again_is_the_same_to_the_byte(
    original: tuple[Home, Path], elsewhere: str, tmp_path: Path
) -> None:
    file = original[1]
    there = Home(tmp_path / "there", elsewhere)
    assert "The log is whole" in there.run("restore", str(file))
    there.run("backup", "-o", str(tmp_path / "again.backup"))
    first, second = check(file)[1], check(tmp_path / "again.backup")[1]
    assert first.rows == second.rows
    assert sum(first.rows.values()) > 300
    differing = [name for name in first.sums if name != "header.json" and first.sums[name] != second.sums.get(name)]
    assert not differing
    assert (there.folder / "files" / "ab" / "picture").read_bytes() == b"\x00picture\xff"
    # New rows get numbers above the restored ones, and what was sealed opens with the keys that came along.
    assert "Added Ada" in there.run("user", "add", "ada@example.org", "--name", "Ada")
    assert "/v2/enqueue" in there.run("integration", "add", "pagerduty")
    assert "The log is whole" in there.run("log", "verify")


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_first_schema_comes_back_at_this_version(elsewhere: str, tmp_path: Path) -> None:
    there = Home(tmp_path / "there", elsewhere)
    said = there.run("restore", str(FIRST_SCHEMA))
    assert "446 rows" in said
    assert "The log is whole" in said
    assert "at this version" in there.run("migrate")
    assert "Checkout" in there.run("export", "config")


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_proves_the_file_and_leaves_nothing(original: tuple[Home, Path], tmp_path: Path) -> None:
    nowhere = Home(tmp_path / "nowhere")
    assert "this backup can be restored" in nowhere.run("restore", "--rehearse", str(original[1]))
    assert not (nowhere.folder / "tocsin.sqlite3").exists()


def test_it_never_writes_over_an_installation(original: tuple[Home, Path]) -> None:
    home, file = original
    assert "already holds" in home.refuses("restore", str(file))
    assert "The log is whole" in home.run("restore", "--replace", str(file))
    (aside,) = home.folder.glob("before-restore-*")
    with sqlite3.connect(aside / "tocsin.sqlite3") as before, sqlite3.connect(home.folder / "tocsin.sqlite3") as after:
        count = "SELECT count(*) FROM events_entry"
        assert before.execute(count).fetchone() == after.execute(count).fetchone()


def test_a_running_installation_is_not_restored_into(original: tuple[Home, Path], tmp_path: Path) -> None:
    running = Home(tmp_path / "running")
    running.run("restore", str(original[1]))
    with sqlite3.connect(running.folder / "tocsin.sqlite3") as database:
        database.execute(
            "INSERT INTO engine_engine(name, host, pid, started_at, beat_at, breakers) "
            "VALUES ('one', 'here', 1, datetime('now'), datetime('now', '+1 hour'), '{}')"
        )
    assert "stop Tocsin first" in running.refuses("restore", "--replace", str(original[1]))


def _cut(file: Path, copy: Path) -> None:
    content = file.read_bytes()
    copy.write_bytes(content[: len(content) // 2])


def _flipped(file: Path, copy: Path) -> None:
    plain = bytearray(gzip.decompress(file.read_bytes()))
    at = plain.index(b"Checkout")
    plain[at] ^= 1
    copy.write_bytes(gzip.compress(bytes(plain)))


def _without_its_end(file: Path, copy: Path) -> None:
    with tarfile.open(file) as whole, tarfile.open(copy, "w:gz") as less:
        for entry in whole.getmembers()[:-1]:
            less.addfile(entry, whole.extractfile(entry))


def _newer(file: Path, copy: Path) -> None:
    with tarfile.open(file) as whole, tarfile.open(copy, "w:gz") as newer:
        for entry in whole.getmembers():
            content = whole.extractfile(entry).read()  # type: ignore[union-attr]
            if entry.name == "header.json":
                header = json.loads(content)
                header["migrations"].append(["alerts", "9999_from_the_future"])
                content = json.dumps(header).encode()
            if entry.name == "manifest.json":
                manifest = json.loads(content)
                manifest["sums"]["header.json"] = hashlib.sha256(json.dumps(header).encode()).hexdigest()
                content = json.dumps(manifest).encode()
            entry.size = len(content)
            newer.addfile(entry, io.BytesIO(content))


def _something_else(file: Path, copy: Path) -> None:
    copy.write_text("not a backup at all")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_cut, "take another copy"),
        (_flipped, "is damaged"),
        (_without_its_end, "cut short"),
        (_something_else, "cannot be read as a backup"),
    ],
)
def test_a_bad_file_is_found_before_anything_is_written(
    spoil: Callable[[Path, Path], None], sentence: str, original: tuple[Home, Path], tmp_path: Path
) -> None:
    spoil(original[1], tmp_path / "bad.backup")
    with pytest.raises(Invalid, match=sentence):
        check(tmp_path / "bad.backup")


def test_a_copy_from_a_newer_version_is_refused_in_one_sentence(original: tuple[Home, Path], tmp_path: Path) -> None:
    _newer(original[1], tmp_path / "newer.backup")
    there = Home(tmp_path / "there")
    assert "newer than this one" in there.refuses("restore", str(tmp_path / "newer.backup"))
    with sqlite3.connect(there.folder / "tocsin.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
