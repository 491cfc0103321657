"""A message as a text, by the request that the administrator described. Hides filling and reading of the answer."""

from collections.abc import Mapping

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import ask, body_of, read_status
from tocsin.domain.delivery.brief import sms_text
from tocsin.domain.delivery.channels import account, missing
from tocsin.domain.delivery.ports import (
    Accepted,
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Permanent,
    Reply,
    Temporary,
    Traits,
    register_transport,
)
from tocsin.integrations.sms_gateway import config


class SmsGatewayTransport:
    """A message as a text message."""

    kind = config.KIND
    name = "Text message (gateway)"
    capabilities = frozenset({Capability.WAKES, Capability.RECEIPTS, Capability.TWO_WAY, Capability.SMS})
    fields: tuple[FormField, ...] = (
        FormField("address", "Phone number", "With the country's code.", required=True, placeholder="+49 151 23456789"),
    )
    traits = Traits("device-mobile", config.CHANNEL, "rings", text_length=306, word="text message")

    def clean(self, address: str, given: Mapping[str, str]) -> Cleaned:
        """A phone number."""
        return config.clean_phone(address, given)

    def lane(self, destination: DestinationView) -> str:
        """One gateway, one lane."""
        return "sms_gateway"

    def problem(self) -> str:
        """What the channel lacks."""
        return missing(config.CHANNEL)

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Make the request once; the gateway gets the delivery's id, for copies and receipts."""
        known = account(config.CHANNEL)
        if problem := missing(config.CHANNEL, known):
            return Temporary(problem, provider=False)
        values = {
            "to": destination.address,
            "number": destination.address.lstrip("+"),
            "text": sms_text(message, replies=bool(known.get("secret"))),
            "id": idempotency_key,
        }
        headers = config.headers_of(known.get("headers", ""))
        if known.get("type"):
            headers.setdefault("Content-Type", f"{known['type']}; charset=utf-8")
        content = config.filled_body(known, values).encode()
        url = config.filled_url(known["url"], values)
        answer = ask(known.get("method", "POST"), url, headers=headers, content=content)
        return read(answer, known.get("taken", "")) if isinstance(answer, Answer) else answer


def read(answer: Answer, taken: str) -> Reply:
    """By the status, and by the text that the administrator says means success. A wrong key can be mended."""
    if answer.status in (401, 403):
        return Temporary(f"{answer.words} (the gateway does not take the key: Settings, Channels, SMS gateway)")
    reply = read_status(answer)
    if not isinstance(reply, Accepted):
        return reply
    if taken and taken.encode() not in answer.content:
        return Permanent(f"{answer.words}, but without the text that means that it was taken.")
    body = body_of(answer)
    name = next((body[key] for key in ("id", "message_id", "messageId") if isinstance(body.get(key), str | int)), "")
    return Accepted(str(name)[:200], f"Gateway: {answer.words}")


register_transport(config.KIND, SmsGatewayTransport())
