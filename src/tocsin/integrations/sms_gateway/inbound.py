"""What the gateway posts to us: receipts and replies, as form or JSON, proved by the shared secret.

Field names are read leniently: gateways call the same thing by many names. A reply with an id is heard once.
"""

from collections.abc import Mapping
from hmac import compare_digest

import msgspec
from django.db import transaction

from tocsin.domain.delivery import commands
from tocsin.domain.delivery.brief import said_back
from tocsin.domain.delivery.channels import account
from tocsin.domain.delivery.doors import Back, Knock, register_door
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.replying import Wish, reference_of, verb_of, wish_of
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.sms_gateway.config import CHANNEL, KIND, clean_phone
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Denied, Invalid, NotFound

SELF = system("sms_gateway")
_NAMES = {
    "id": ("id", "reference", "client_ref", "message_id", "messageid"),
    "status": ("status", "state", "dlr", "message_status"),
    "from": ("from", "sender", "msisdn", "phone", "mobile", "source"),
    "text": ("text", "message", "body", "content"),
}
_ARRIVED = frozenset(["delivered", "delivrd", "success", "1"])
_FAILED = frozenset(
    ["failed", "undelivered", "undeliv", "undeliverable", "rejected", "rejectd", "expired", "error", "2", "16"]
)


class SmsGatewayDoor:
    """The gateway's way in."""

    def hear(self, knock: Knock) -> Back:
        """Verify, then take a receipt or a reply."""
        known = account(CHANNEL)
        secret = known.get("secret", "")
        if not secret or knock.path not in ("status", "reply"):
            raise NotFound("Nobody is expected here.")
        given = knock.headers.get("x-tocsin-secret", "") or knock.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        if not compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            raise Denied("The secret is not the one that is set under Settings, Channels.")
        fields = _fields(knock)
        return _receipt(fields) if knock.path == "status" else _reply(fields)


def _receipt(fields: Mapping[str, str]) -> Back:
    status = _of(fields, "status").lower()
    if status not in _ARRIVED | _FAILED:
        return Back()
    said = f"Gateway: {one_line(status, 40)}"
    commands.note_receipt(SELF, delivery_id=_of(fields, "id"), arrived=status in _ARRIVED, answer=said)
    return Back()


def _reply(fields: Mapping[str, str]) -> Back:
    sender = _of(fields, "from")
    phone = clean_phone(sender if sender.startswith("+") else f"+{sender}", {}).address
    text, id_ = _of(fields, "text"), fields.get("id", "")
    with transaction.atomic():
        if id_ and not commands.once(SELF, vendor=CHANNEL, name=id_):
            return Back()
        return Back(200, _to_reply(phone, text).encode())


def _to_reply(phone: str, text: str) -> str:
    """What may be sent back to the phone, if the gateway does that with our answer."""
    kinds = [KIND]
    language = commands.language_at(SELF, kinds=kinds, address=phone)
    wish = wish_of(text)
    if wish is Wish.STOP:
        commands.stop_address(SELF, kinds=kinds, address=phone, reason="Its owner answered STOP to a text message.")
        return phrase("stopped", language)
    if wish is Wish.START:
        commands.start_address(SELF, kinds=kinds, address=phone)
        return phrase("started", language)
    verb = verb_of(text)
    if verb is None:
        return phrase("not_understood", language)
    via, reference = "reply by text message", reference_of(text)
    found = commands.answer_from(SELF, kinds=kinds, address=phone, verb=verb, via=via, reference=reference)
    return said_back(found, language) if found else phrase("nothing", language)


def _fields(knock: Knock) -> dict[str, str]:
    if "json" not in knock.headers.get("content-type", ""):
        return {name.lower(): value for name, value in knock.form.items()}
    try:
        found = msgspec.json.decode(knock.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("This is not JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("This is not an object.")
    return {str(name).lower(): str(value) for name, value in found.items()}


def _of(fields: Mapping[str, str], name: str) -> str:
    value = next((fields[each] for each in _NAMES[name] if fields.get(each)), "")
    if not value:
        raise Invalid(f"{name}: it is missing; send it as {name}.", field=name)
    return value


register_door(CHANNEL, SmsGatewayDoor())
