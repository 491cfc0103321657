"""Checks in the file and in the room: the one spelling in which both are compared, and how an entry is saved.

What may be demanded belongs to the kinds of check; here only durations and names are put into words.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tocsin.cli.organisation.document import Check, Document
from tocsin.domain.monitoring import commands
from tocsin.domain.monitoring.ports import HEARTBEAT, probe_of
from tocsin.domain.monitoring.queries import CheckView
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


def spelled(document: Document) -> Document:
    """The document with checks spelled as they are kept; what cannot be is left for the command to refuse."""
    for entry in document.checks:
        try:
            entry.every, entry.timeout = _written(entry.every), _written(entry.timeout)
            if entry.kind == HEARTBEAT:
                late = str(entry.expect.get("grace") or "")
                entry.expect = {"grace": _written(late) if late else _fifth(parse_duration(entry.every))}
                entry.target, entry.timeout = "", Check(name="x").timeout
            else:
                entry.target, kept = probe_of(entry.kind).settle(entry.target.strip(), entry.expect)
                entry.expect = _texts(kept)
        except Invalid:
            continue
    return document


def written(view: CheckView, slugs: Mapping[str, str]) -> Check:
    """A check as the file has it."""
    heartbeat = view.kind == HEARTBEAT
    return Check(
        name=view.name,
        kind=view.kind,
        target=view.target,
        service=slugs.get(view.service_id or "", ""),
        every=_text(view.interval),
        timeout=Check(name="x").timeout if heartbeat else _text(view.timeout),
        severity=view.severity,
        fails_after=view.fail_after,
        well_after=view.recover_after,
        expect={"grace": _text(timedelta(seconds=int(view.expect["grace"])))} if heartbeat else _texts(view.expect),
    )


def save(actor: Actor, entry: Check, *, service_id: str | None, check_id: str | None, kind: str) -> str:
    """Add the check, or change the one of `check_id`, which is of `kind`; its id. Raises `Invalid`."""
    fields: dict[str, Any] = {
        "name": entry.name,
        "target": entry.target,
        "service_id": service_id,
        "interval": parse_duration(entry.every, field="every"),
        "timeout": parse_duration(entry.timeout, field="timeout"),
        "severity": entry.severity,
        "fail_after": entry.fails_after,
        "recover_after": entry.well_after,
        "expect": entry.expect,
    }
    if check_id is None:
        return commands.add_check(actor, kind=entry.kind, **fields)
    if kind != entry.kind:
        raise Invalid(f"kind: '{entry.name}' is of kind {kind}; give the new one another name.", field="kind")
    commands.change_check(actor, check_id=check_id, **fields)
    return check_id


def _fifth(interval: timedelta) -> str:
    return _text(timedelta(seconds=int(max(interval / 5, timedelta(minutes=1)).total_seconds())))


def _written(text: str) -> str:
    return _text(parse_duration(text))


def _text(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _texts(expect: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in sorted(expect.items())}
