"""Web push: what a browser can open and nobody else, the token of the sender, and a push service of our own."""

import json
import os
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from tocsin.core.outgoing.tests.peer import Peer
from tocsin.domain.delivery.channels import account
from tocsin.domain.delivery.ports import Message
from tocsin.integrations.webpush import config, sealing
from tocsin.integrations.webpush.transport import opening, payload
from tocsin.kernel.errors import Invalid

# RFC 8291, section 5 and appendix A.
_RFC = {
    "sender": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "receiver": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
    "salt": "DGv6ra1nlYgDCS1FRnbzlw",
    "body": (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PB"
        "ru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    ),
}


class Browser:
    """The receiving side, by another implementation of the standard."""

    def __init__(self, port: int) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = f"http://127.0.0.1:{port}/push/subscription-1"
        self.keys = {"p256dh": config.encoded(config.public_bytes(self.key)), "auth": config.encoded(self.secret)}

    def opens(self, body: bytes) -> dict[str, Any]:
        raw = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(raw)  # type: ignore[no-any-return]


@pytest.fixture
def receiver(peer: Peer) -> Browser:
    return Browser(peer.port)


def split(raw: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = (line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:])
    return {name.lower(): value for name, value in lines}, body


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    made = sealing.sealed(
        b"When I grow up, I want to be a watermelon",
        receiver=config.decoded(_RFC["receiver"]),
        secret=config.decoded(_RFC["secret"]),
        salt=config.decoded(_RFC["salt"]),
        key=config.private(_RFC["sender"]),
    )
    assert config.encoded(made) == _RFC["body"]


def test_a_page_reaches_the_browser_and_its_button_acknowledges(peer: Peer, receiver: Browser, ada: Any) -> None:
    peer.replies("201 Created", "Location: /message/7")
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    headers, body = split(peer.requests[0])
    said = receiver.opens(body)
    assert said["title"] == "Critical: INC-42 Checkout is failing"
    assert (said["button"], said["tag"], said["urgent"]) == ("Acknowledge", "INC-42", True)
    assert (headers["content-encoding"], headers["urgency"], headers["ttl"]) == ("aes128gcm", "high", "3600")
    assert len(headers["topic"]) == 32
    answer = Client().post(said["answer"].removeprefix("https://tocsin.example.org"))
    assert (answer.status_code, answer.content) == (200, b"INC-42 is yours.")
    assert ada.holds() == "button in browser notification"
    assert Client().post(said["answer"].removeprefix("https://tocsin.example.org")).content == b"INC-42 is yours."


def test_the_push_service_can_check_who_sends(peer: Peer, receiver: Browser, ada: Any) -> None:
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    headers, _ = split(peer.requests[0])
    scheme, _, rest = headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    point = urlsafe_b64decode(parts["k"] + "=")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=f"http://127.0.0.1:{peer.port}")  # type: ignore[arg-type]
    assert scheme == "vapid"
    assert claims["sub"].startswith("mailto:")
    assert claims["exp"] - datetime.now(UTC).timestamp() < 24 * 3600
    assert parts["k"] == opening("")


def test_at_its_end_the_notification_is_replaced_without_a_noise_or_a_button(
    peer: Peer, receiver: Browser, ada: Any
) -> None:
    peer.replies("201 Created", "Location: /message/7")
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    ada.ends()
    headers, body = split(peer.requests[-1])
    said = receiver.opens(body)
    assert said["title"] == "Resolved: INC-42 Checkout is failing"
    assert said["body"].startswith("Resolved by Ben at ")
    # The same tag takes the place of the page that is shown.
    assert (said["tag"], said["silent"], said["urgent"], said["answer"]) == ("INC-42", True, False, "")
    assert headers["urgency"] == "low"


def test_a_restricted_page_shows_reference_and_severity_only(peer: Peer, receiver: Browser, ada: Any) -> None:
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page(title="Ledger was stolen", restricted=True)
    said = receiver.opens(split(peer.requests[0])[1])
    assert (said["title"], "stolen" in json.dumps(said)) == ("Critical: INC-42", False)


@pytest.mark.parametrize(
    ("status", "state", "on"),
    [
        ("201 Created", "sent", True),
        ("404 Not Found", "failed", False),
        ("410 Gone", "failed", False),
        ("403 Forbidden", "failed", True),
        ("413 Payload Too Large", "failed", True),
        ("429 Too Many Requests", "queued", True),
        ("500 Internal Server Error", "queued", True),
    ],
)
def test_each_answer_of_a_push_service_is_told_apart(
    peer: Peer, receiver: Browser, ada: Any, status: str, state: str, on: bool
) -> None:
    peer.replies(status)
    method = ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    assert ada.sent("webpush")[0].state == state
    assert ada.method(method).enabled is on
    assert bool(ada.method(method).ended) is not on


def test_a_push_service_that_hangs_up_leaves_it_unknown(peer: Peer, receiver: Browser, ada: Any) -> None:
    peer.answer = None
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    assert ada.sent("webpush")[0].state == "unknown"


def test_the_longest_message_fits_what_push_services_take() -> None:
    message = Message("ж" * 5000, "😀" * 5000, url="https://tocsin.example.org/p/" + "x" * 30, replies=True)
    raw = payload(message, "01a2265b-7433-76f1-af24-93bd25ac1061")
    assert len(raw) <= sealing.MOST
    key = ec.generate_private_key(ec.SECP256R1())
    assert len(sealing.sealed(raw, receiver=config.public_bytes(key), secret=os.urandom(16))) <= 4096


@pytest.mark.django_db
def test_the_key_is_made_once_and_kept() -> None:
    first = opening("")
    assert opening("") == first
    assert config.encoded(config.public_bytes(config.private(account("webpush")["private_key"]))) == first


def test_half_a_subscription_is_refused(receiver: Browser) -> None:
    for keys in (
        {},
        {**receiver.keys, "auth": "AAAA"},
        {**receiver.keys, "p256dh": "AAAA"},
        {"auth": "x", "p256dh": "ü"},
    ):
        with pytest.raises(Invalid):
            config.clean(receiver.endpoint, keys)


def test_a_button_that_is_not_ours_or_too_old_does_nothing(
    peer: Peer, receiver: Browser, ada: Any, time_machine: Any
) -> None:
    ada.add("webpush", receiver.endpoint, **receiver.keys)
    ada.page()
    said = receiver.opens(split(peer.requests[0])[1])
    path = said["answer"].removeprefix("https://tocsin.example.org")
    for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path.replace("acknowledge", "pass_on"), path + "/x"):
        assert Client().post(wrong).status_code == 403
    assert Client().get(path).status_code == 405
    assert ada.holds() == ""
    time_machine.move_to(datetime.now(UTC) + timedelta(hours=25))
    assert Client().post(path).status_code == 409
