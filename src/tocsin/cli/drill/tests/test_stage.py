"""The shop that breaks, the mailbox that keeps, the watcher that tells: each with real processes and sockets."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tocsin.cli.drill.mailbox import Mailbox
from tocsin.cli.drill.prometheus import Watcher
from tocsin.cli.drill.shop import Shop
from tocsin.domain.delivery.ports import Accepted, DestinationView, Message, Permanent, transport
from tocsin.kernel.errors import Invalid


def until(done: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def destination(address: str, port: int) -> DestinationView:
    return DestinationView(
        id="d",
        person_id="",
        kind="drill",
        address=address,
        address_hint=address,
        label="",
        config={"port": str(port)},
        enabled=True,
        verified_at=None,
        position=0,
    )


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    made.open()
    try:
        yield made
    finally:
        made.close()


def test_a_killed_database_stops_the_shop_and_no_confirmed_order_is_lost(shop: Shop) -> None:
    shop.open()
    until(lambda: shop.sales.taken > 2)
    confirmed = shop.orders()
    dead = shop.kill_database()
    assert not Path(f"/proc/{dead}").exists()
    assert shop.health() == 503
    until(lambda: shop.sales.lost_in_a_row > 1)
    shop.restart_database()
    assert shop.health() == 200
    assert shop.orders() >= confirmed
    until(lambda: shop.sales.lost_in_a_row == 0)
    running = shop.processes
    shop.close()
    assert len(running) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)
    assert not Path(shop.folder).exists()


def test_a_message_to_a_practice_person_arrives_as_mail_with_its_link(mailbox: Mailbox) -> None:
    way = transport("drill")
    message = Message(
        title="Critical: INC-1", text="It burns.\n.\nA dot is no end.", url="http://localhost:9/p/abc-123"
    )
    answer = way.send(destination("mara@drill.invalid", mailbox.port), message, "key")
    assert isinstance(answer, Accepted)
    (mail,) = mailbox.mails
    assert (mail.to, mail.subject) == ("mara@drill.invalid", "Critical: INC-1")
    assert mail.link == "http://localhost:9/p/abc-123"
    assert "A dot is no end." in mail.text


def test_a_closed_mailbox_is_final(mailbox: Mailbox) -> None:
    other = Mailbox()
    other.open()
    other.close()
    reply = transport("drill").send(destination("mara@drill.invalid", other.port), Message(title="x", text="y"), "key")
    assert isinstance(reply, Permanent)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    "address", ["ana@example.org", "x@drill.invalid.example.org", "a b@drill.invalid", "é@drill.invalid"]
)
def test_only_practice_addresses_are_taken(address: str) -> None:
    with pytest.raises(Invalid):
        transport("drill").clean(address, {"port": "2525"})
    with pytest.raises(Invalid, match="port"):
        transport("drill").clean("mara@drill.invalid", {"port": "smtp"})


def test_the_watcher_says_as_prometheus_does_that_it_fires_and_that_it_is_over() -> None:
    posted: list[dict[str, str]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/in/key/api/v2/alerts"
            posted.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    lost = 5
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        watcher = Watcher(f"http://127.0.0.1:{door.server_port}/in/key", "http://127.0.0.1:1/", lambda: lost)
        watcher.start()
        until(lambda: posted)
        assert posted[0]["endsAt"] > posted[0]["startsAt"]
        before = len(posted)
        lost = 0
        until(lambda: len(posted) > before)
        watcher.stop()
        door.shutdown()
    assert posted[-1]["startsAt"] == posted[0]["startsAt"]
    assert posted[-1]["endsAt"] < posted[0]["endsAt"]
    assert watcher.answer == "200 OK"
