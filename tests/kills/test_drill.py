"""The drill from end to end on a running Tocsin, and what is left when its player is killed: nothing."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.harness import peers

pytestmark = pytest.mark.kills


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[peers.Tocsin]:
    """A fresh Tocsin that already has somebody real on call for everything."""
    with peers.tocsin(tmp_path_factory.mktemp("drill")) as running:
        yield running


def _play(house: peers.Tocsin, *words: str) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin", "drill", "outage", "--auto", "--pace", "0", *words],
        env={**clean, **house.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _processes(of: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue
        if b"tocsin.cli.drill.shop_" in line and of.encode() in line:
            found.append(int(entry.parent.name))
    return found


def _nothing_is_left(house: peers.Tocsin) -> None:
    kept = house.cli("export", "config")
    assert "Drill: " not in kept
    assert "drill-shop" not in kept
    assert house.mailbox.mails == [], "no real mail server ever saw anything of it"


def test_a_drill_goes_from_the_alarm_to_the_pdf_and_leaves_nothing(house: peers.Tocsin, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    played = _play(house, "--report", str(paper))
    said, _ = played.communicate(timeout=150)
    assert played.returncode == 0, said
    took = re.search(r"The drill is over \(done\) after (\d+) s; everything it made is gone", said)
    assert took, said
    assert int(took[1]) < 120
    report = PdfReader(paper)
    words = " ".join(page.extract_text() for page in report.pages)
    assert "Drill: the sample shop takes no orders" in words
    assert "Mara Lindqvist" in words
    happened = house.log()
    for what in ("incidents.detected", "oncall.acknowledged", "incidents.team_activated", "incidents.resolved"):
        assert what in happened, what
    shop = re.search(r"answers at http://127\.0\.0\.1:(\d+)/", said)
    assert shop
    assert _processes(shop[1]) == []
    _nothing_is_left(house)


def test_a_killed_player_leaves_no_process_and_the_rest_goes_with_one_command(house: peers.Tocsin) -> None:
    with _play(house) as played:
        assert played.stdout is not None
        said = ""
        for line in played.stdout:
            said += line
            if "3/14" in line:
                break
        played.send_signal(signal.SIGKILL)
    shop = re.search(r"answers at http://127\.0\.0\.1:(\d+)/", said)
    assert shop, said
    peers.until(lambda: _processes(shop[1]) == [], "the shop's end", seconds=10)
    assert "Removed what the drill had left." in house.cli("drill", "clean"), said
    assert "Nothing to do" in house.cli("drill", "clean")
    _nothing_is_left(house)
