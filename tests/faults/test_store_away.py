"""The store goes away in the middle of a page and comes back: nothing lost, everybody told, nobody has to help."""

import contextlib
import http.client
import json
import resource
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import peers
from tests.harness.postgres import private_cluster
from tests.harness.proxy import Fault, smtp_proxy

pytestmark = pytest.mark.kills


def _ring(url: str, name: str, severity: str = "critical") -> int:
    """Post one alert at the door; the status of its answer."""
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    labels = {"alertname": name, "severity": severity}
    body = json.dumps([{"labels": labels, "annotations": {"summary": name}, "endsAt": ends}]).encode()
    request = urllib.request.Request(f"{url}/api/v2/alerts", body, {"Content-Type": "application/json"})
    return _status(request)[0]


def _status(request: str | urllib.request.Request) -> tuple[int, str, str]:
    """Status, body and Retry-After, whatever it is."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), ""
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers.get("Retry-After", "")


def _press(link: str) -> tuple[int, str, str]:
    return _status(urllib.request.Request(link.replace("//localhost:", "//127.0.0.1:"), b"do=acknowledge"))


def _accepted(url: str, name: str) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return _ring(url, name) == 200
    return False


def test_postgresql_restarted_in_mid_page_loses_nothing_and_says_so_meanwhile(tmp_path: Path) -> None:
    with private_cluster() as cluster, peers.tocsin(tmp_path, database=cluster.url, before_mail=smtp_proxy) as house:
        url, _ = house.connect("prometheus")
        assert _ring(url, "First", "high") == 200
        _, letter = house.mailbox.wait_for("First")
        link = peers.link_in(letter)

        house.mail_proxy.always = Fault.SLOW
        assert _ring(url, "Second") == 200  # it is worse, so that it calls again
        peers.until(lambda: house.mail_proxy.held, "the second page being under way")
        cluster.crash()
        assert _ring(url, "While it was away") == 503
        status, said, retry = _press(link)
        assert (status, retry) == (503, "5"), said
        assert "did not count" in said
        house.mail_proxy.always = Fault.NONE
        house.mail_proxy.release()
        house.mailbox.wait_for("Critical")

        cluster.start()
        peers.until(lambda: _accepted(url, "Third"), "the door taking alerts again by itself")
        assert _press(link)[0] == 200, "the acknowledgement works once the store is back"
        peers.until(lambda: "oncall.acknowledged" in house.log(), "the acknowledgement in the log")
        assert not house.mailbox.about("While it was away"), "what was refused was not kept half"
        assert "whole" in house.cli("log", "verify")


class Disk:
    """A file system of 48 MiB; where none can be had, a limit to what the processes may write stands for it."""

    def __init__(self, where: Path) -> None:
        self.where = where
        mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(where)]
        self._mounted = not subprocess.run(mount, check=False, capture_output=True).returncode

    def fill(self, house: peers.Tocsin) -> None:
        """No room is left."""
        if not self._mounted:
            _limit(house.pid, 4096)
            return
        with (self.where / "balloon").open("wb", buffering=0) as balloon, contextlib.suppress(OSError):
            while True:
                balloon.write(b"\0" * 4096)

    def empty(self, house: peers.Tocsin) -> None:
        """There is room again."""
        if self._mounted:
            (self.where / "balloon").unlink()
        else:
            _limit(house.pid, resource.RLIM_INFINITY)

    def close(self) -> None:
        """Take it away."""
        if self._mounted:
            subprocess.run(["umount", "-l", str(self.where)], check=False)


def _limit(parent: int, size: int) -> None:
    """Let this process and those below it write no file beyond `size` bytes."""
    resource.prlimit(parent, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    below = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False)
    for pid in map(int, below.stdout.split()):
        _limit(pid, size)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small one."""
    where = tmp_path / "small"
    where.mkdir()
    with contextlib.closing(Disk(where)) as made:
        yield made


def test_a_full_disk_is_said_at_once_and_forgotten_when_there_is_room(disk: Disk) -> None:
    with peers.tocsin(disk.where) as house:
        url, _ = house.connect("prometheus")
        assert _ring(url, "First") == 200
        link = peers.link_in(house.mailbox.wait_for("First")[1])
        disk.fill(house)
        taken = _until_refused(url)
        assert taken < 2000, "there is room left"
        status, said, _ = _press(link)
        assert (status, "did not count" in said) == (503, True), said

        disk.empty(house)
        peers.until(lambda: _accepted(url, "Again"), "the door taking alerts again by itself")
        assert _press(link)[0] == 200
        peers.until(lambda: "oncall.acknowledged" in house.log(), "the acknowledgement in the log")
        assert "whole" in house.cli("log", "verify")


def _until_refused(url: str) -> int:
    """Post until it is refused; how many were taken. The refusal has to be a clear one."""
    for number in range(2000):
        status = _ring(url, f"Filling {number} {'x' * 20000}")
        if status != 200:
            assert status == 503
            return number
    return 2000
