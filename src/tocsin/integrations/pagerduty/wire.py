"""The shapes of PagerDuty's Events API v2, as lenient as its clients need, and what it says to a bad event."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
KEY_LENGTH = 32
_STAMP = re.compile(r"[+-]\d{4}$")

Text = str | int | float | bool | None


class Payload(msgspec.Struct):
    """What happened, in a trigger or a change."""

    summary: Text = None
    source: Text = None
    severity: Text = None
    timestamp: Any = None
    component: Text = None
    group: Text = None
    class_: Text = msgspec.field(default=None, name="class")
    custom_details: Any = None


class Body(msgspec.Struct):
    """One event. Everything may be missing; `problems` says what must not."""

    routing_key: Text = None
    event_action: Text = None
    dedup_key: Text = None
    client: Text = None
    client_url: Text = None
    images: Any = None
    links: Any = None
    payload: Payload | None = None


def words(value: Text) -> str:
    """A text field as text; what is missing is empty."""
    return "" if value is None else str(value)


def problems(body: Body, *, keyed: bool) -> list[str]:
    """What is wrong with an alert event, in PagerDuty's words. `keyed`: the address carries the key already."""
    found = _key_problems(body, keyed=keyed)
    action = words(body.event_action)
    if not action:
        found.append("'event_action' is missing or blank")
    elif action not in ACTIONS:
        found.append("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')")
    if action in ("acknowledge", "resolve") and not words(body.dedup_key):
        found.append("'dedup_key' is missing or blank")
    if action == "trigger":
        found += _payload_problems(body.payload)
    return found


def change_problems(body: Body, *, keyed: bool) -> list[str]:
    """What is wrong with a change event."""
    found = _key_problems(body, keyed=keyed)
    if body.payload is None:
        found.append("'payload' is missing or blank")
    elif not words(body.payload.summary).strip():
        found.append("'payload.summary' is missing or blank")
    return found


def _key_problems(body: Body, *, keyed: bool) -> list[str]:
    key = words(body.routing_key)
    if keyed:
        return []
    if not key:
        return ["'routing_key' is missing or blank"]
    if len(key) != KEY_LENGTH:
        return [f"Length of 'routing_key' is incorrect (should be {KEY_LENGTH} characters)"]
    return []


def _payload_problems(payload: Payload | None) -> list[str]:
    if payload is None:
        return ["'payload' is missing or blank"]
    found = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not words(getattr(payload, name)).strip()
    ]
    severity = words(payload.severity).strip().lower()
    if severity and severity not in SEVERITIES:
        found.append(
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
        )
    return found


def instant(value: Any) -> datetime | None:
    """A timestamp as clients write it (ISO 8601, any offset form); None when it cannot be read."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _STAMP.search(text):
        text = f"{text[:-2]}:{text[-2:]}"
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def pairs(value: Any, *, text: str) -> tuple[tuple[str, str], ...]:
    """Links or images as (address, text); entries of another shape are left out."""
    if not isinstance(value, list):
        return ()
    return tuple(
        (str(entry.get("href") or entry.get("src")), str(entry.get(text) or ""))
        for entry in value
        if isinstance(entry, dict) and (entry.get("href") or entry.get("src"))
    )


def details(value: Any) -> dict[str, str]:
    """Custom details as text by name."""
    if isinstance(value, dict):
        return {str(name): _shown(entry) for name, entry in value.items()}
    return {} if value is None else {"details": _shown(value)}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
