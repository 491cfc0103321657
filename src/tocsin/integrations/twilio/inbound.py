"""What Twilio posts to us: receipts of texts and calls, what to say when somebody answers, keys, and replies.

Every request is proved by `X-Twilio-Signature` (docs: Usage, Webhooks, Security): HMAC-SHA1 with the auth token over
the address as Twilio was told it, followed by every field's name and value in the order of their names. It has no
time in it, so what acts is heard once by Twilio's own name for it.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from hmac import compare_digest, digest

from django.db import transaction

from tocsin.domain.delivery import commands
from tocsin.domain.delivery.brief import said_back
from tocsin.domain.delivery.channels import account, missing
from tocsin.domain.delivery.doors import Answered, Back, Knock, Verb, door_url, register_door
from tocsin.domain.delivery.phrases import phrase
from tocsin.domain.delivery.replying import Wish, reference_of, verb_of, wish_of
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.twilio import twiml
from tocsin.integrations.twilio.api import WORDS
from tocsin.integrations.twilio.config import CHANNEL, SMS
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Denied, NotFound

SELF = system("twilio")
_KEYS = {"1": Verb.ACKNOWLEDGE, "2": Verb.PASS_ON}
_CALLS = {
    "no-answer": "nobody picked up",
    "busy": "the line was busy",
    "failed": "the call could not be placed",
    "canceled": "the call was cancelled",
}


class TwilioDoor:
    """Twilio's way in."""

    def hear(self, knock: Knock) -> Back:
        """Verify, then do what the address is for."""
        if missing(CHANNEL):
            raise NotFound("Nobody is expected here.")
        check(knock, account(CHANNEL)["auth_token"])
        what, _, delivery = knock.path.partition("/")
        act = _ACTS.get(what)
        if act is None or bool(delivery) == (what == "reply"):
            raise NotFound("There is nothing at this address.")
        return act(knock, delivery)


def signature(token: str, url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What `X-Twilio-Signature` must be. A name that comes twice counts once per different value."""
    content = url + "".join(f"{name}{value}" for name, value in sorted(set(pairs)))
    return b64encode(digest(token.encode(), content.encode(), "sha1")).decode()


def check(knock: Knock, token: str) -> None:
    """Raise `Denied` unless Twilio sent this."""
    given = knock.headers.get("x-twilio-signature", "")
    wanted = signature(token, knock.url, knock.pairs)
    if not compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise Denied("The signature is not Twilio's: check the auth token, and that TOCSIN_URL is the address it uses.")


def _text_status(knock: Knock, delivery: str) -> Back:
    """Receipt of a text message: MessageStatus, with ErrorCode where it did not arrive."""
    status = knock.form.get("MessageStatus", "")
    if status == "delivered":
        _receipt(delivery, True, "Twilio: delivered")
    elif status in ("failed", "undelivered"):
        _receipt(delivery, False, f"Twilio: {status}{_why(knock)}")
    elif status in ("accepted", "queued", "sending", "sent"):
        _receipt(delivery, None, f"Twilio: {status}")
    return Back()


def _answered(knock: Knock, delivery: str) -> Back:
    """Something picked up: what to say to it. An answering machine is no person: others are asked at once."""
    said = commands.said_in(SELF, delivery_id=delivery)
    message, unwanted = said.message, said.unwanted
    if _by_machine(knock):
        _receipt(delivery, False, "Twilio: an answering machine took the call")
        return _xml(twiml.left(message))
    if unwanted:
        over = Answered("over", "", reference=message.reference)
        return _xml(twiml.said(said_back(over, message.language), message.language))
    return _xml(twiml.asked(message, door_url(CHANNEL, f"key/{delivery}")))


def _pressed(knock: Knock, delivery: str) -> Back:
    """A key during a call: 1 takes it, 2 passes it on, any other is asked again."""
    message = commands.said_in(SELF, delivery_id=delivery).message
    verb = _KEYS.get(knock.form.get("Digits", ""))
    if verb is None:
        sentence = phrase("unknown_key", message.language)
        return _xml(twiml.again(sentence, message.language, door_url(CHANNEL, f"call/{delivery}")))
    found = commands.answer_delivery(SELF, delivery_id=delivery, verb=verb, via="key press on the phone")
    return _xml(twiml.said(said_back(found, message.language), message.language))


def _call_ended(knock: Knock, delivery: str) -> Back:
    """Receipt of a call: CallStatus, and by whom it was answered."""
    status = knock.form.get("CallStatus", "")
    if status == "completed" and _by_machine(knock):
        _receipt(delivery, False, "Twilio: an answering machine took the call")
    elif status == "completed":
        seconds = knock.form.get("CallDuration", "")
        _receipt(delivery, True, f"Twilio: answered{f', {seconds} s' if seconds.isdigit() else ''}")
    elif status in _CALLS:
        _receipt(delivery, False, f"Twilio: {_CALLS[status]}{_why(knock)}")
    return Back()


def _reply(knock: Knock, _: str) -> Back:
    """A text message from a phone: an answer to the newest page, or the wish for no more. Heard once."""
    form = knock.form
    phone, text = form.get("From", ""), form.get("Body", "")
    with transaction.atomic():
        if not commands.once(SELF, vendor=CHANNEL, name=form.get("MessageSid", "") or form.get("SmsSid", "")):
            return _xml(twiml.written(""))
        return _xml(twiml.written(_to_reply(phone, text, form.get("OptOutType", ""))))


def _to_reply(phone: str, text: str, opted: str) -> str:
    kinds = [SMS]
    language = commands.language_at(SELF, kinds=kinds, address=phone)
    wish = wish_of(opted) or wish_of(text)
    # Twilio itself confirms STOP and START to the phone; a second text would be refused or double.
    if wish is Wish.STOP:
        commands.stop_address(SELF, kinds=kinds, address=phone, reason="Its owner answered STOP to a text message.")
        return ""
    if wish is Wish.START:
        commands.start_address(SELF, kinds=kinds, address=phone)
        return ""
    verb = verb_of(text)
    if verb is None:
        return phrase("not_understood", language)
    found = commands.answer_from(
        SELF, kinds=kinds, address=phone, verb=verb, via="reply by text message", reference=reference_of(text)
    )
    return said_back(found, language) if found else phrase("nothing", language)


def _receipt(delivery: str, arrived: bool | None, answer: str) -> None:
    commands.note_receipt(SELF, delivery_id=delivery, arrived=arrived, answer=answer)


def _by_machine(knock: Knock) -> bool:
    return knock.form.get("AnsweredBy", "").startswith(("machine", "fax"))


def _why(knock: Knock) -> str:
    code = knock.form.get("ErrorCode", "")
    if not code:
        return ""
    words = WORDS.get(int(code), "") if code.isdigit() else ""
    return f", {one_line(code, 12)}{f': {words}' if words else ''}"


def _xml(text: str) -> Back:
    return Back(200, text.encode(), "text/xml; charset=utf-8")


_ACTS: dict[str, Callable[[Knock, str], Back]] = {
    "sms": _text_status,
    "call": _answered,
    "key": _pressed,
    "ended": _call_ended,
    "reply": _reply,
}
register_door(CHANNEL, TwilioDoor())
