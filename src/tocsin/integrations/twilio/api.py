"""Twilio's REST API: one POST, and what its answer means. Hides credentials and error codes.

Codes: Twilio's error dictionary (docs.twilio.com/docs/api/errors). Twilio knows no idempotency key here: an answer
that is lost leaves the outcome unknown until its status callback tells.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import ask, body_of, read_status, retry_after
from tocsin.domain.delivery.ports import Accepted, Permanent, Reply, Temporary
from tocsin.domain.delivery.rules import one_line
from tocsin.integrations.twilio.config import API

# The account's trouble, which an administrator can mend: wrong token, closed account, wrong sender, no credit.
_ACCOUNTS = frozenset({20003, 20005, 20006, 20404, 21210, 21212, 21606, 21603, 21659, 21660, 30002, 90010})
# Too much at a time.
_BUSY = frozenset({10004, 14107, 20429, 21611, 30001, 30022, 63018, 63038})
STOPPED = frozenset({21610})
"""The phone's owner answered STOP: Twilio sends nothing more there until they answer START."""
WORDS: Mapping[int, str] = {
    21211: "this is not a phone number",
    21214: "this number cannot be called",
    21215: "the account may not call this country; see Voice, Geographic Permissions at Twilio",
    21219: "a trial account reaches verified numbers only",
    21408: "the account may not write to this country; see Messaging, Geographic Permissions at Twilio",
    21608: "a trial account reaches verified numbers only",
    21610: "the owner of this phone answered STOP",
    21612: "the sender cannot reach this number",
    21614: "this number takes no text messages",
    30003: "the phone is switched off or out of reach",
    30004: "the phone blocks messages",
    30005: "the phone is unknown, or switched off for long",
    30006: "a landline takes no text messages",
    30007: "the carrier filtered the message",
    30008: "the carrier did not say why",
    30034: "the sender is not registered for the United States (A2P 10DLC)",
}


def post(account: Mapping[str, str], resource: str, fields: Sequence[tuple[str, str]]) -> Reply:
    """Create a Message or a Call. Its SID is the provider's name for it."""
    base = account.get("api") or API
    sid = account["account_sid"]
    credentials = b64encode(f"{sid}:{account['auth_token']}".encode()).decode()
    answer = ask(
        "POST",
        f"{base}/2010-04-01/Accounts/{sid}/{resource}.json",
        headers={
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        content=urlencode(fields).encode(),
    )
    return read(answer) if isinstance(answer, Answer) else answer


def read(answer: Answer) -> Reply:
    """What an answer means: by Twilio's code where it gives one, else by the status."""
    body = body_of(answer)
    if answer.ok:
        status = one_line(str(body.get("status", "")), 20)
        return Accepted(one_line(str(body.get("sid", "")), 40), f"Twilio: {status or 'accepted'}")
    given = body.get("code")
    code = given if isinstance(given, int) else 0
    words = f"Twilio {code or answer.status}: {WORDS.get(code) or one_line(str(body.get('message', '')), 160)}".strip()
    if code in STOPPED:
        return Permanent(words, ended=True)
    if code in _BUSY or answer.status == 429:
        return Temporary(words, retry_after=retry_after(answer))
    if answer.status in (401, 403) or code in _ACCOUNTS or (answer.status == 404 and code in (0, 20404)):
        return Temporary(f"{words} Settings, Channels, Twilio.")
    return read_status(answer, words=words)
