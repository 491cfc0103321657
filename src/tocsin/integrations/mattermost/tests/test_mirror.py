"""Incidents told in Mattermost: under their reference, mentioning nobody, and nothing of restricted ones."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tocsin.core.engine.testing import run_engine
from tocsin.domain.chat import queries, subscribers
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.kernel.actor import system

SYSTEM = system("test")


@pytest.fixture
def posted(settings: Any, db: None) -> Iterator[list[dict[str, Any]]]:
    """What an incoming webhook of Mattermost got."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    webhook = f"http://127.0.0.1:{server.server_address[1]}/hooks/abc"
    delivery.save_channel(SYSTEM, name="mattermost_mirror", config={"webhook": webhook, "channel": "ops"})
    subscribers.forget()
    yield got
    subscribers.forget()
    server.shutdown()
    server.server_close()


def test_what_happens_is_told_under_the_reference_and_mentions_nobody(posted: list[dict[str, Any]]) -> None:
    id_ = incidents.declare(SYSTEM, title="Checkout @all fails", kind="disruption", severity="high", page=False)
    run_engine(periodic=False)
    incidents.write(SYSTEM, incident=id_, text="Look at [this](https://evil.example.org) @channel")
    run_engine(periodic=False)
    assert posted[0]["text"].startswith("**High INC\\-1: Checkout \\@all fails**\n")
    assert "nothing is heard from here" in posted[0]["text"]
    assert posted[-1]["text"].startswith("**INC-1** ")
    assert "\\[this\\]\\(https://evil\\.example\\.org\\) \\@channel" in posted[-1]["text"]
    (view,) = queries.channels(SYSTEM, id_)
    assert (view.state, view.name, view.two_way) == ("open", "ops", False)
    assert view.said == len(posted) - 1


def test_nothing_is_told_of_a_restricted_incident(posted: list[dict[str, Any]]) -> None:
    incidents.declare(SYSTEM, title="Ledger stolen", kind="security", severity="critical", page=False)
    run_engine(periodic=False)
    assert posted == []
