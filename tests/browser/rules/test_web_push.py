"""A page reaches a real Chromium as a notification, also when no tab is open, and its button acknowledges.

Only the browser vendor's push service is ours: it takes the sealed message from Tocsin as the standard says, opens it
as the browser would, and hands it to Chromium's own service worker.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import urandom
from threading import Thread
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.browser.conftest import House
from tests.harness.peers import until

pytestmark = pytest.mark.browser

_SUBSCRIBES = """
const given = %s;
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async () => ({ endpoint: given.endpoint, toJSON: () => given });
"""
_REMOVES = """
from tocsin.domain.delivery.models import Destination
Destination.objects.filter(kind="webpush").delete()
"""
_SHOWN = """
async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map((each) => ({ title: each.title, body: each.body, actions: each.actions.map((one) => one.title) }))
"""
_PRESSES = """
(async () => {
  const all = await self.registration.getNotifications();
  const shown = all.find((each) => each.actions.some((one) => one.title === %s));
  const press = new NotificationEvent('notificationclick', { notification: shown, action: 'take' });
  press.waitUntil = () => {};  // only the browser's own events may wait
  self.dispatchEvent(press);
})()
"""


class PushService:
    """What the browser's vendor runs: an endpoint for each subscription, and its keys."""

    def __init__(self) -> None:
        self.sealed: list[bytes] = []
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), urandom(16)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.sealed.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(201)
                self.send_header("Location", "/message/1")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def subscription(self) -> dict[str, Any]:
        """As the browser tells it to a page."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _text(point), "auth": _text(self.secret)}
        return {"endpoint": f"http://127.0.0.1:{self.server.server_port}/push/1", "keys": keys}

    def opened(self) -> list[str]:
        """The messages so far, as the browser reads them."""
        return [
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm").decode()
            for body in list(self.sealed)
        ]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Worker:
    """Our service worker in Chromium, reached as the browser's own push client reaches it."""

    def __init__(self, page: Any, house: House) -> None:
        self._page, self._origin = page, house.url
        self._devtools = page.context.new_cdp_session(page)
        self._known: list[str] = []
        self._devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: self._known.extend(one["registrationId"] for one in told["registrations"]),
        )
        self._devtools.send("ServiceWorker.enable")

    def takes(self, message: str) -> None:
        """A message has come from the push service."""
        while not self._known:
            self._page.wait_for_timeout(20)
        given = {"origin": self._origin, "registrationId": self._known[-1], "data": message}
        self._devtools.send("ServiceWorker.deliverPushMessage", given)

    def shows(self, title: str) -> dict[str, Any]:
        """The one notification with this in its title, once there is one."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self._page.evaluate(_SHOWN) if title in one["title"]]

        (shown,) = until(found, f"a notification '{title}'")
        return shown

    def presses(self, button: str) -> None:
        """The person presses the button of the notification that has it."""
        self._page.context.service_workers[0].evaluate(_PRESSES % json.dumps(button))


@pytest.fixture
def adding(visit: Callable[..., Any], house: House, service: PushService) -> Iterator[Any]:
    """The page on which Ada has just added this browser. It is removed afterwards: others look at her methods."""
    page = visit(permissions=["notifications"])
    page.add_init_script(_SUBSCRIBES % json.dumps(service.subscription()))
    page.goto(f"{house.url}/settings/contact/add/webpush/")
    page.get_by_role("button", name="Add this browser").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    yield page
    house.script(_REMOVES)


def test_a_page_is_shown_by_the_browser_and_its_button_acknowledges(
    adding: Any, house: House, declared: Callable[..., str], service: PushService
) -> None:
    page, worker = adding, Worker(adding, house)

    worker.takes(until(service.opened, "the code")[0])
    code = worker.shows("is your Tocsin code")["title"].split()[0]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Send me a test page").wait_for()

    reference = declared("Payments hang", page=True)
    worker.takes(until(lambda: [one for one in service.opened() if reference in one], "the page")[0])
    shown = worker.shows(reference)
    assert (shown["title"], shown["actions"]) == (f"Critical: {reference} Payments hang", ["Acknowledge"])

    worker.presses("Acknowledge")
    worker.shows(f"{reference} is yours")
    page.goto(f"{house.url}/incidents/{reference}/notifications/")
    assert "Acknowledged" in page.locator("main").inner_text()
    assert not page.faults
