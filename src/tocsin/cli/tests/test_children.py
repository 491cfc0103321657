"""Children of the supervisor: real processes that die, hang and lose their parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tocsin.cli.children import Child, Family

_WAITING = "import pathlib, os, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)"
_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + _WAITING
_ORPHANED = """
import sys
from tocsin.cli.children import Child, Family
with Family([Child("child", [sys.executable, "-c", sys.argv[2], sys.argv[1]])], {}) as family:
    family.watch(60)
"""


def _child(code: str, file: Path) -> Child:
    return Child("child", [sys.executable, "-c", code, str(file)])


def _until(holds: Callable[[], object], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _written(file: Path) -> int:
    assert _until(lambda: file.exists() and file.read_text())
    return int(file.read_text())


def _watch_until(family: Family, holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        family.watch(0.02)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_is_killed_is_started_again(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with Family([_child(_WAITING, file)], {}) as family:
        first = _written(file)
        os.kill(first, signal.SIGKILL)
        _watch_until(family, lambda: _written(file) != first)
        assert _alive(_written(file))
        assert family.failures("child") == 1


def test_a_child_that_keeps_dying_is_started_ever_more_rarely(tmp_path: Path) -> None:
    with Family([Child("child", [sys.executable, "-c", "raise SystemExit(3)"])], {}) as family:
        _watch_until(family, lambda: family.failures("child") == 2)
        began = time.monotonic()
        _watch_until(family, lambda: family.failures("child") == 3)
        assert time.monotonic() - began > 0.4


def test_children_end_when_the_family_is_left(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with Family([_child(_WAITING, file)], {}):
        pid = _written(file)
    assert not _alive(pid)


def test_a_child_deaf_to_the_stop_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    began = 0.0
    with Family([_child(_DEAF, file)], {}, stop_within=0.2):
        pid = _written(file)
        began = time.monotonic()
    assert not _alive(pid)
    assert time.monotonic() - began < 5


def test_a_stop_signal_ends_the_watch(tmp_path: Path) -> None:
    with Family([_child(_WAITING, tmp_path / "pid")], {}) as family:
        # To this thread: a test runner's other threads do not hold signals back.
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        assert family.watch(10) is signal.SIGTERM


def test_children_die_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", _ORPHANED, str(file), _WAITING])
    pid = _written(file)
    parent.kill()
    parent.wait()
    assert _until(lambda: not _alive(pid))
