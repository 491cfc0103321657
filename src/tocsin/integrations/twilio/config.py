"""The account at Twilio (Settings, Channels), and what a phone number may look like. No network."""

import re
from collections.abc import Mapping

import phonenumbers

from tocsin.core.outgoing import check_url
from tocsin.domain.delivery.channels import Address, register_channel
from tocsin.domain.delivery.ports import Cleaned, FormField
from tocsin.kernel.errors import Invalid

CHANNEL = "twilio"
SMS, VOICE = "sms", "voice"
API = "https://api.twilio.com"
PHONE = FormField("address", "Phone number", "With the country's code.", required=True, placeholder="+49 151 23456789")
_ACCOUNT = re.compile(r"^AC[0-9a-fA-F]{32}$")
_SERVICE = re.compile(r"^MG[0-9a-fA-F]{32}$")


class TwilioChannel:
    """An account at Twilio: one of the organisation's, for text messages and calls."""

    name = CHANNEL
    title = "Twilio"
    about = "Text messages and phone calls, with receipts, replies and key presses."
    icon = "phone"
    kinds: tuple[str, ...] = (SMS, VOICE)
    fields: tuple[FormField, ...] = (
        FormField("account_sid", "Account SID", "Twilio Console, Account Info.", required=True, placeholder="AC…"),
        FormField("auth_token", "Auth token", "Beside the SID. It also proves Twilio's calls to us.", True, True),
        FormField(
            "sender",
            "Sender of text messages",
            "A number of yours at Twilio, or the SID of a messaging service (MG…).",
            required=True,
            placeholder="+1 555 010 0100",
        ),
        FormField("caller", "Calling number", "Empty: the sender. A messaging service cannot call."),
        FormField("api", "Twilio's address", "Only for another region.", placeholder=API),
    )
    addresses: tuple[Address, ...] = (
        Address("Phone numbers, your number, Messaging, 'A message comes in' (HTTP POST)", "reply"),
    )

    def clean(self, config: Mapping[str, str]) -> dict[str, str]:
        """SID, token and numbers, spelled as Twilio wants them."""
        found = {name: value.strip() for name, value in config.items()}
        if not _ACCOUNT.match(found.get("account_sid", "")):
            raise Invalid("account_sid: this is AC and 32 letters and digits; copy it whole.", field="account_sid")
        if not found.get("auth_token"):
            raise Invalid("auth_token: copy it from the Twilio Console.", field="auth_token")
        sender = found.get("sender", "")
        found["sender"] = sender if _SERVICE.match(sender) else number(sender, field="sender")
        if found.get("caller"):
            found["caller"] = number(found["caller"], field="caller")
        if found.get("api"):
            found["api"] = check_url(found["api"], field="api").rstrip("/")
        return found

    def connect(self, config: Mapping[str, str]) -> str:
        """Nothing is done at Twilio's: the address for replies is entered there by hand."""
        return ""


def number(text: str, *, field: str) -> str:
    """A phone number as E.164. Raises `Invalid` naming `field`."""
    try:
        parsed = phonenumbers.parse(text, None)
        good = phonenumbers.is_possible_number(parsed)
    except phonenumbers.NumberParseException:
        good = False
    if not good:
        raise Invalid(
            f"{field}: this is not a whole phone number; write it with its country's code, like +49 151 23456789.",
            field=field,
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def clean_phone(address: str, config: Mapping[str, str]) -> Cleaned:
    """One phone number; colleagues see its end only."""
    found = number(address, field="address")
    return Cleaned(found, f"{found[:3]}…{found[-3:]}", {})


register_channel(TwilioChannel())
