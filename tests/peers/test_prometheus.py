"""From a broken shop to a mail, an answer by link and all clear: Debian's Prometheus, a real Tocsin, a real mail
server, on both databases. Prints the seconds from the break to the mail.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.harness import peers

pytestmark = pytest.mark.peers


@pytest.fixture(params=["sqlite", "postgresql"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[peers.Tocsin]:
    """A fresh Tocsin on each database."""
    database = ""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
        name = f"peers_{uuid4().hex[:12]}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database = re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", url)
    with peers.tocsin(tmp_path, database=database) as running:
        yield running


def test_prometheus_to_mail_to_answer_to_all_clear(
    system: peers.Tocsin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, _ = system.connect("prometheus")
    with peers.shop() as (shop, port), peers.prometheus(tmp_path, shop_port=port, send_to=address):
        began = time.monotonic()
        shop.broken = True
        arrived, letter = system.mailbox.wait_for("The shop answers with errors")
        with capsys.disabled():
            print(f"\nfrom break to mail: {arrived - began:.1f} s")
        link = peers.link_in(letter)
        assert "The shop answers with errors" in peers.ask(link)
        assert "oncall.acknowledged" not in system.log(), "looking at a link must change nothing"
        assert "It is yours, Mateo" in peers.ask(link, {"do": "acknowledge"})
        assert "HighErrors" in peers.ask(f"{address}/api/v2/alerts")
        shop.broken = False
        peers.until(lambda: "HighErrors" not in peers.ask(f"{address}/api/v2/alerts"), "the alert clearing")
    happened = system.log()
    for what in ("alerts.group_opened", "incidents.detected", "oncall.acknowledged"):
        assert happened.count(what) == 1, what
    assert "alerts.group_quiet" in happened
    assert len(system.mailbox.about("The shop answers with errors")) == 1
    assert "The log is whole." in system.cli("log", "verify")
