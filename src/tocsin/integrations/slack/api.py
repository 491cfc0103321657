"""Slack's Web API: one method, and what its answer means. Hides the token, forms and error words.

Slack answers 200 with `ok: false` and an `error` (docs.slack.dev, Web API). It knows no idempotency key.
"""

from collections.abc import Mapping
from datetime import timedelta
from json import dumps
from typing import Any
from urllib.parse import urlencode

from tocsin.core.outgoing import Answer
from tocsin.domain.delivery.asking import ask, body_of, read_status, retry_after
from tocsin.domain.delivery.ports import Accepted, Permanent, Temporary, Unknown
from tocsin.domain.delivery.rules import one_line

API = "https://slack.com/api"
TIMEOUT = 10.0
# What time or an administrator can mend; everything else that Slack refuses it will always refuse.
_LATER = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_ACCOUNT = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
    }
)
_WORDS = {
    "channel_not_found": "no such member or channel in this workspace",
    "user_not_found": "no such member in this workspace",
    "not_in_channel": "the app is not in the channel; invite it",
    "is_archived": "the channel is archived",
    "messages_tab_disabled": "the app may not write to people; switch its Messages tab on (App Home)",
    "cannot_dm_bot": "this is a bot, not a person",
    "missing_scope": "the app lacks a permission; add it and install the app anew",
    "invalid_auth": "the token is not valid",
    "token_revoked": "the token was revoked",
    "account_inactive": "the app was removed from the workspace",
}
# These take no JSON.
_FORMS = frozenset({"users.info", "users.lookupByEmail", "conversations.history", "conversations.list", "auth.test"})

Fault = Permanent | Temporary | Unknown


def call(account: Mapping[str, str], method: str, **given: Any) -> dict[str, Any] | Fault:
    """Slack's answer, or what it means that there is no good one. `Permanent.answer` ends with Slack's own word."""
    form = method in _FORMS
    answer = ask(
        "POST",
        f"{account.get('api') or API}/{method}",
        headers={
            "Authorization": f"Bearer {account['bot_token']}",
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json; charset=utf-8",
        },
        content=urlencode(given).encode() if form else dumps(given, ensure_ascii=False).encode(),
        timeout=TIMEOUT,
    )
    if not isinstance(answer, Answer):
        return answer
    if not answer.ok:
        meant = read_status(answer, words=f"Slack: {answer.words}")
        return Unknown("Slack answered without an answer.") if isinstance(meant, Accepted) else meant
    body = body_of(answer)
    if body.get("ok") is True:
        return body
    error = one_line(str(body.get("error") or "no word of it"), 60)
    plain = _WORDS.get(error, "")
    words = f"Slack {method}: {f'{plain}: ' if plain else ''}{error}"
    if error in _LATER:
        return Temporary(words, retry_after=retry_after(answer) or timedelta(seconds=5))
    if error in _ACCOUNT:
        return Temporary(f"{words}. Settings, Channels, Slack.")
    return Permanent(words)


def error_of(fault: Fault) -> str:
    """Slack's own word for it: the last of the answer."""
    return fault.answer.rpartition(": ")[2]
