"""A message as a text on a phone, and as a call that reads it out. Hides Twilio's parameters.

Receipts, replies and keys come back through `inbound`; where Twilio cannot reach this Tocsin, none are asked for.
"""

from collections.abc import Mapping

from tocsin.domain.delivery.brief import sms_text
from tocsin.domain.delivery.channels import account, missing
from tocsin.domain.delivery.doors import door_url, reachable
from tocsin.domain.delivery.ports import (
    Capability,
    Cleaned,
    DestinationView,
    FormField,
    Message,
    Reply,
    Temporary,
    Traits,
    register_transport,
)
from tocsin.integrations.twilio import api, twiml
from tocsin.integrations.twilio.config import CHANNEL, PHONE, SMS, VOICE, clean_phone

RINGS_FOR = 45
"""Seconds: long enough to wake, short enough that most voicemail has not answered."""
AGAIN = "#rc=3&rp=5xx,ct,rt"
"""Twilio's own words for: try this address up to three more times (it is not part of what is signed)."""


class SmsTransport:
    """A message as a text message."""

    kind = SMS
    name = "Text message"
    capabilities = frozenset({Capability.WAKES, Capability.RECEIPTS, Capability.TWO_WAY, Capability.SMS})
    fields: tuple[FormField, ...] = (PHONE,)
    traits = Traits("device-mobile", CHANNEL, "rings, and takes an answer", text_length=306, word="text message")

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """A phone number."""
        return clean_phone(address, config)

    def lane(self, destination: DestinationView) -> str:
        """Twilio's messages have a queue of their own."""
        return "twilio:sms"

    def problem(self) -> str:
        """What the account lacks."""
        return missing(CHANNEL)

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Hand one text to Twilio."""
        known = account(CHANNEL)
        if problem := missing(CHANNEL, known):
            return Temporary(problem, provider=False)
        two_way = reachable()
        sender = known["sender"]
        fields = [
            ("To", destination.address),
            ("MessagingServiceSid" if sender.startswith("MG") else "From", sender),
            ("Body", sms_text(message, replies=two_way)),
        ]
        if two_way:
            fields.append(("StatusCallback", door_url(CHANNEL, f"sms/{idempotency_key}") + AGAIN))
        return api.post(known, "Messages", fields)


class VoiceTransport:
    """A message as a call."""

    kind = VOICE
    name = "Phone call"
    capabilities = frozenset({Capability.WAKES, Capability.RECEIPTS, Capability.TWO_WAY, Capability.VOICE})
    fields: tuple[FormField, ...] = (PHONE,)
    traits = Traits("phone", CHANNEL, "rings until somebody answers, takes a key press", 200, word="phone call")

    def clean(self, address: str, config: Mapping[str, str]) -> Cleaned:
        """A phone number."""
        return clean_phone(address, config)

    def lane(self, destination: DestinationView) -> str:
        """Calls have a queue of their own."""
        return "twilio:voice"

    def problem(self) -> str:
        """What the account lacks; a messaging service cannot call."""
        known = account(CHANNEL)
        if problem := missing(CHANNEL, known):
            return problem
        if not known.get("caller") and known["sender"].startswith("MG"):
            return "Twilio has no number to call from: enter a calling number under Settings, Channels, Twilio."
        return ""

    def send(self, destination: DestinationView, message: Message, idempotency_key: str) -> Reply:
        """Have one call placed. Reachable, Twilio asks us what to say once somebody (or something) answers."""
        if problem := self.problem():
            return Temporary(problem, provider=False)
        known = account(CHANNEL)
        fields = [
            ("To", destination.address),
            ("From", known.get("caller") or known["sender"]),
            ("Timeout", str(RINGS_FOR)),
        ]
        if reachable():
            fields += [
                ("Url", door_url(CHANNEL, f"call/{idempotency_key}") + AGAIN),
                ("Method", "POST"),
                ("StatusCallback", door_url(CHANNEL, f"ended/{idempotency_key}") + AGAIN),
                ("StatusCallbackMethod", "POST"),
                # Waits for the beep, so that what is left on an answering machine is whole.
                ("MachineDetection", "DetectMessageEnd"),
            ]
        else:
            fields.append(("Twiml", twiml.told(message)))
        return api.post(known, "Calls", fields)


register_transport(SMS, SmsTransport())
register_transport(VOICE, VoiceTransport())
