"""How the organisation's own SMS gateway is asked (Settings, Channels). Templates know four words and no logic."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlsplit

import phonenumbers

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.channels import Address, register_channel
from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.errors import Invalid

CHANNEL = KIND = "sms_gateway"
WORDS = ("to", "number", "text", "id")
JSON, FORM, PLAIN = "application/json", "application/x-www-form-urlencoded", "text/plain"
_WORD = re.compile(r"\{(\w+)\}")
_HEADER = re.compile(r"^[A-Za-z0-9-]{1,80}$")
_SECRET = 16


class SmsGatewayChannel:
    """One gateway of the organisation's."""

    name = CHANNEL
    title = "SMS gateway"
    about = "Text messages through a gateway of your own: any that takes an HTTP request."
    icon = "device-mobile"
    kinds: tuple[str, ...] = (KIND,)
    fields: tuple[FormField, ...] = (
        FormField(
            "url",
            "Address",
            "{to} (+49151…), {number} (49151…), {text} and {id} stand for what is sent.",
            required=True,
            placeholder="https://sms.example.org/send",
        ),
        FormField("method", "Method", choices=(("POST", "POST"), ("PUT", "PUT"), ("GET", "GET"))),
        FormField(
            "headers",
            "Headers",
            "One a line. They may hold the key.",
            secret=True,
            lines=True,
            placeholder="Authorization: Bearer …",
        ),
        FormField(
            "type", "Form of the body", choices=((JSON, "JSON"), (FORM, "Form"), (PLAIN, "Text"), ("", "No body"))
        ),
        FormField("body", "Body", lines=True, placeholder='{"to": "{to}", "text": "{text}"}'),
        FormField(
            "taken", "Taken when it answers", "A text in the answer. Empty: any 2xx.", placeholder='"status":"ok"'
        ),
        FormField(
            "secret",
            "Secret of the gateway",
            "At least 16 letters. The gateway sends it with receipts and replies. Empty: none are taken.",
            secret=True,
        ),
    )
    addresses: tuple[Address, ...] = (
        Address("Receipts: POST with id and status, and the header X-Tocsin-Secret", "status"),
        Address("Replies: POST with from and text, and the header X-Tocsin-Secret", "reply"),
    )

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """A request that can be made, in a form that holds what it is filled with."""
        found = {name: value.strip() for name, value in config.items()}
        found["method"] = found.get("method") or "POST"
        if found["method"] not in ("POST", "PUT", "GET"):
            raise Invalid("method: choose POST, PUT or GET.", field="method")
        if found["method"] == "GET":
            found["type"], found["body"] = "", ""
        for name in ("url", "body"):
            _check_words(name, found.get(name, ""))
        check_url(filled_url(found.get("url", ""), _TRIAL), field="url")
        if "{" in (urlsplit(found["url"]).netloc or ""):
            raise Invalid("url: its host must stand fast; {words} belong into the path or the query.", field="url")
        whole = found["url"] + found.get("body", "")
        if "{text}" not in whole or not ("{to}" in whole or "{number}" in whole):
            raise Invalid("body: {text}, and {to} or {number}, must stand in the address or the body.", field="body")
        headers_of(found.get("headers", ""))
        _check_body(found)
        if found.get("secret") and len(found["secret"]) < _SECRET:
            raise Invalid(f"secret: write at least {_SECRET} letters that nobody guesses.", field="secret")
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """Nothing is done there."""
        return ""


_TRIAL = {"to": "+4915123456789", "number": "4915123456789", "text": 'a "b"\n&c', "id": "1"}


def _check_words(name: str, template: str) -> None:
    for word in _WORD.findall(template):
        if word not in WORDS:
            raise Invalid(
                f"{name}: {{{word}}} is not known; there are {', '.join(f'{{{w}}}' for w in WORDS)}.", field=name
            )


def _check_body(config: Mapping[str, str]) -> None:
    if config.get("type") not in ("", JSON, FORM, PLAIN):
        raise Invalid("type: choose JSON, Form, Text or No body.", field="type")
    if config.get("body") and not config.get("type"):
        raise Invalid("type: a body is filled in; choose its form, or empty the body.", field="type")
    if config.get("type") == JSON:
        try:
            json.loads(filled_body(config, _TRIAL))
        except ValueError as error:
            raise Invalid(
                'body: this is not JSON; write it like {"to": "{to}", "text": "{text}"}.', field="body"
            ) from error


def headers_of(text: str) -> dict[str, str]:
    """The headers, one a line. Raises `Invalid(headers)`."""
    found = {}
    for line in filter(None, (each.strip() for each in text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not _HEADER.match(name) or not value.strip().isprintable():
            raise Invalid("headers: write one a line, like Authorization: Bearer ….", field="headers")
        if name.lower() in ("host", "content-length", "transfer-encoding", "connection"):
            raise Invalid(f"headers: {name} is written by Tocsin itself; take it out.", field="headers")
        found[name] = value.strip()
    return found


def filled_url(template: str, values: Mapping[str, str]) -> str:
    """The address, with what is filled in percent-encoded."""
    return _filled(template, {name: quote(value, safe="") for name, value in values.items()})


def filled_body(config: Mapping[str, str], values: Mapping[str, str]) -> str:
    """The body, with what is filled in written as its form demands: nothing in a text can break out of it."""
    kind = config.get("type", "")
    if kind == JSON:
        written = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    elif kind == FORM:
        written = {name: quote_plus(value) for name, value in values.items()}
    else:
        written = dict(values)
    return _filled(config.get("body", ""), written) if kind else ""


def _filled(template: str, values: Mapping[str, str]) -> str:
    """One pass: what was filled in is not looked at again."""
    return _WORD.sub(lambda found: values.get(found[1], found[0]), template)


def clean_phone(address: str, config: Mapping[str, str]) -> Cleaned:
    """One phone number as E.164. Raises `Invalid(address)`."""
    try:
        parsed = phonenumbers.parse(address, None)
        good = phonenumbers.is_possible_number(parsed)
    except phonenumbers.NumberParseException:
        good = False
    if not good:
        raise Invalid(
            "address: this is not a whole phone number; write it with its country's code, like +49 151 23456789.",
            field="address",
        )
    found = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Cleaned(found, f"{found[:3]}…{found[-3:]}", {})


register_channel(SmsGatewayChannel())
