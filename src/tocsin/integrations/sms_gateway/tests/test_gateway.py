"""A gateway described by the administrator: whatever a text holds stays a text; who knows the secret answers."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.outgoing.tests.peer import Peer
from tocsin.domain.delivery import commands
from tocsin.integrations.sms_gateway.config import FORM, JSON, SmsGatewayChannel, filled_body, filled_url
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Invalid

SYSTEM = system("test")
PHONE = "+4915123456789"
SECRET = "a-secret-of-the-gateway"


def gateway(peer: Peer, **more: str) -> None:
    config = {
        "url": f"http://127.0.0.1:{peer.port}/send",
        "headers": "Authorization: Bearer canary-1\nX-Tenant: acme",
        "type": JSON,
        "body": '{"to": "{to}", "text": "{text}", "ref": "{id}"}',
        "secret": SECRET,
    }
    commands.save_channel(SYSTEM, name="sms_gateway", config={**config, **more})


def posts(what: str, body: dict[str, str], secret: str = SECRET, *, form: bool = False) -> HttpResponse:
    headers = {"X-Tocsin-Secret": secret}
    path = f"/hooks/sms_gateway/{what}"
    if form:
        kind = "application/x-www-form-urlencoded"
        return Client().post(path, urlencode(body), content_type=kind, headers=headers)  # type: ignore[return-value]
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[return-value]


def test_a_page_is_the_request_that_was_described(peer: Peer, ada: Any) -> None:
    peer.replies("200 OK", body=b'{"status":"ok","id":17}')
    gateway(peer, taken='"status":"ok"')
    ada.add("sms_gateway", PHONE)
    ada.page(title='Checkout "fails" & {to}')
    head, _, raw = peer.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /send HTTP/1.1")
    assert b"Authorization: Bearer canary-1" in head
    body = json.loads(raw)
    assert body["to"] == PHONE
    assert body["text"].startswith('Critical: INC-42 Checkout "fails" & {to}\nReply 1')
    assert (body["ref"], ada.sent("sms_gateway")[0].state) == (ada.sent("sms_gateway")[0].id, "sent")


def test_a_query_is_percent_encoded(peer: Peer, ada: Any) -> None:
    gateway(peer, method="GET", url=f"http://127.0.0.1:{peer.port}/s?to={{number}}&text={{text}}", body="", secret="")
    ada.add("sms_gateway", PHONE)
    ada.page(title="a&to=1#x")
    line = peer.requests[0].split(b"\r\n")[0].decode().split(" ")
    query = parse_qs(urlsplit(line[1]).query)
    assert line[0] == "GET"
    assert query["to"] == [PHONE[1:]]
    assert "a&to=1#x" in query["text"][0]


@given(st.text())
def test_no_text_breaks_out_of_the_body_or_the_address(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    values = {"to": PHONE, "number": PHONE[1:], "text": text, "id": "1"}
    body = filled_body({"type": JSON, "body": '{"to": "{to}", "text": "{text}"}'}, values)
    assert json.loads(body) == {"to": PHONE, "text": text}
    form = filled_body({"type": FORM, "body": "to={to}&text={text}"}, values)
    assert parse_qs(form, keep_blank_values=True, strict_parsing=True) == {"to": [PHONE], "text": [text]}
    assert urlsplit(filled_url("https://x.example/s/{text}?t={text}", values)).hostname == "x.example"


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        ("200 OK", b"ERR 7", "failed"),
        ("401 Unauthorized", b"", "queued"),
        ("422 Unprocessable Content", b"", "failed"),
        ("429 Too Many Requests", b"", "queued"),
        ("503 Service Unavailable", b"", "queued"),
        ("504 Gateway Timeout", b"", "unknown"),
    ],
)
def test_each_answer_is_told_apart(peer: Peer, ada: Any, status: str, body: bytes, state: str) -> None:
    peer.replies(status, body=body)
    gateway(peer, taken="OK 1")
    ada.add("sms_gateway", PHONE)
    ada.page()
    assert ada.sent("sms_gateway")[0].state == state


def test_receipts_and_replies_come_as_json_or_form(peer: Peer, ada: Any) -> None:
    gateway(peer)
    ada.add("sms_gateway", PHONE)
    ada.page()
    id_ = ada.sent("sms_gateway")[0].id
    assert posts("status", {"id": id_, "status": "DELIVRD"}).status_code == 204
    assert ada.sent("sms_gateway")[0].state == "delivered"
    answer = posts("reply", {"msisdn": PHONE[1:], "body": "1", "id": "r1"}, form=True)
    assert (answer.status_code, answer.content) == (200, b"INC-42 is yours.")
    assert ada.holds() == "reply by text message"
    assert posts("reply", {"from": PHONE, "text": "1", "id": "r1"}).content == b""


def test_who_does_not_know_the_secret_is_refused_and_without_one_there_is_no_door(peer: Peer, ada: Any) -> None:
    gateway(peer)
    ada.add("sms_gateway", PHONE)
    ada.page()
    assert posts("reply", {"from": PHONE, "text": "1"}, secret="wrong").status_code == 403
    assert ada.holds() == ""
    assert posts("reply", {"from": PHONE}).status_code == 422
    assert posts("nothing", {}).status_code == 404
    commands.remove_channel(SYSTEM, name="sms_gateway")
    assert posts("reply", {"from": PHONE, "text": "1"}).status_code == 404


def test_stop_switches_the_phone_off(peer: Peer, ada: Any) -> None:
    gateway(peer)
    method = ada.add("sms_gateway", PHONE)
    assert b"no more text messages" in posts("reply", {"from": PHONE, "text": "STOP"}).content
    assert not ada.method(method).enabled


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "ftp://x/{text}"),
        ("url", "https://{to}.example.org/{text}"),
        ("body", '{"to": {to}, "text": "{text}"}'),
        ("body", '{"text": "{text}"}'),
        ("body", '{"to": "{to}", "text": "{text}", "x": "{password}"}'),
        ("headers", "no colon"),
        ("headers", "Host: evil"),
        ("secret", "short"),
        ("method", "DELETE"),
    ],
)
def test_what_cannot_work_is_refused_by_name(field: str, value: str) -> None:
    config = {"url": "https://sms.example.org/", "type": JSON, "body": '{"to": "{to}", "text": "{text}"}', field: value}
    with pytest.raises(Invalid) as refused:
        SmsGatewayChannel().clean(config)
    assert refused.value.field == field
