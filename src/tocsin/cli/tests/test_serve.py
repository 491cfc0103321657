"""The whole system as `tocsin serve` runs it: starts, survives a killed child, stops, leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest


@dataclass
class _Running:
    process: subprocess.Popen[str]
    url: str
    link: str

    def answers(self, path: str = "/healthz") -> int:
        """Status of the answer, 0 for none."""
        address = self.url.replace("localhost", "127.0.0.1") + path
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def descendants(self) -> set[int]:
        """All processes below the supervisor."""
        found, fresh = set(), {self.process.pid}
        while fresh:
            fresh = {child for parent in fresh for child in _children(parent)} - found
            found |= fresh
        return found


def _children(parent: int) -> set[int]:
    try:
        return {int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
    except OSError:
        return set()


def _until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _start(home: Path) -> _Running:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "tocsin", "serve", "--port", "0", "--home", str(home), "--no-demo"],
        env={**clean, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = re.fullmatch(r"ready (http://localhost:\d+)\n", process.stdout.readline())
    assert ready, "the first line must say where it is ready"
    link = re.fullmatch(r"sign in once with (\S+)\n", process.stdout.readline())
    assert link
    return _Running(process, ready[1], link[1])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture
def system(home: Path) -> Iterator[_Running]:
    running = _start(home)
    yield running
    running.process.kill()
    running.process.wait()
    if running.process.stdout:
        running.process.stdout.close()


def test_the_printed_link_lets_the_administrator_in(system: _Running) -> None:
    assert system.link.startswith(f"{system.url}/sign-in/")
    assert system.answers(system.link.removeprefix(system.url)) == 200


def test_whatever_is_logged_is_json_on_stderr(tmp_path: Path) -> None:
    code = (
        "import logging, logging.config, structlog; from granian.log import configure_logging, LogLevels;"
        "from tocsin.cli.logs import configure_logs, server_logging;"
        "configure_logs('web'); configure_logging(LogLevels.warning, server_logging('web'), True);"
        "structlog.get_logger().info('ours', number=1); logging.getLogger('other').warning('theirs');"
        "logging.getLogger('_granian').warning('the server')"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["ours", "theirs", "the server"]
    assert {line["process"] for line in lines} == {"web"}
    assert said.stdout == ""


def test_the_database_and_the_secrets_are_for_this_account_only(system: _Running, home: Path) -> None:
    assert (home / "secret_key").stat().st_mode & 0o077 == 0
    assert not list(home.glob("link-*"))


def test_a_killed_web_and_a_killed_engine_come_back(system: _Running) -> None:
    before = system.descendants()
    for pid in _children(system.process.pid):
        os.kill(pid, signal.SIGKILL)
    _until(lambda: not before & system.descendants())
    _until(lambda: len(system.descendants()) == len(before))
    _until(lambda: system.answers() == 200)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_stops_everything_in_seconds(system: _Running, number: signal.Signals) -> None:
    family = system.descendants()
    assert len(family) >= 3
    began = time.monotonic()
    system.process.send_signal(number)
    assert system.process.wait(timeout=15) == 0
    assert time.monotonic() - began < 10
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


def test_an_open_live_stream_does_not_hold_up_a_stop(system: _Running) -> None:
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(system.link, timeout=5).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    browser.open(system.link, data=f"csrfmiddlewaretoken={token[1]}".encode(), timeout=10).close()
    with browser.open(f"{system.url}/live?kind=incident", timeout=10) as stream:
        assert stream.readline().startswith(b"retry:")
        began = time.monotonic()
        system.process.terminate()
        assert system.process.wait(timeout=15) == 0
        assert time.monotonic() - began < 4


def test_nothing_outlives_a_killed_supervisor(system: _Running) -> None:
    family = system.descendants()
    system.process.kill()
    system.process.wait()
    _until(lambda: not [pid for pid in family if Path(f"/proc/{pid}").exists()])
