"""What people wrote about a check, brought into the form in which it is stored. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tocsin.domain.catalog import queries as catalog
from tocsin.domain.monitoring.models import Check
from tocsin.domain.monitoring.ports import HEARTBEAT, probe_of
from tocsin.domain.monitoring.rules.standing import LEAST_INTERVAL, LONGEST_INTERVAL, LONGEST_TIMEOUT
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import human_duration, parse_duration
from tocsin.kernel.errors import Invalid, NotFound

_MOST_IN_A_ROW = 20
_LEAST_GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """A check as it will be stored; field names are those of the model."""

    name: str
    target: str
    service_id: UUID | None
    interval: timedelta
    timeout: timedelta
    expect: dict[str, Any]
    severity: str
    fail_after: int
    recover_after: int


def settle(
    actor: Actor,
    *,
    kind: str,
    name: str,
    target: str,
    service_id: str | None,
    interval: timedelta,
    timeout: timedelta,
    expect: Mapping[str, Any],
    severity: str,
    fail_after: int,
    recover_after: int,
) -> Settled:
    """Check every field. Raises `Invalid` naming the one at fault, `NotFound` for the service."""
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise Invalid("name: write 1 to 120 characters.", field="name")
    if severity not in {s.value for s in Severity} - {Severity.UNKNOWN.value}:
        raise Invalid("severity: choose critical, high, medium or low.", field="severity")
    for field, times in (("fail_after", fail_after), ("recover_after", recover_after)):
        if not 1 <= times <= _MOST_IN_A_ROW:
            raise Invalid(f"{field}: write a number from 1 to {_MOST_IN_A_ROW}.", field=field)
    if not LEAST_INTERVAL <= interval <= LONGEST_INTERVAL:
        least, most = human_duration(LEAST_INTERVAL), human_duration(LONGEST_INTERVAL)
        raise Invalid(f"interval: it must lie between {least} and {most}.", field="interval")
    if kind == HEARTBEAT:
        target, stored = "", {"grace": _grace(expect, interval)}
    else:
        if not timedelta(seconds=1) <= timeout <= LONGEST_TIMEOUT:
            raise Invalid(f"timeout: it must lie between 1 s and {human_duration(LONGEST_TIMEOUT)}.", field="timeout")
        target, stored = probe_of(kind).settle(target.strip(), expect)
    service = UUID(catalog.service(actor, service_id).id) if service_id else None
    return Settled(name, target, service, interval, timeout, stored, severity, fail_after, recover_after)


def _grace(expect: Mapping[str, Any], interval: timedelta) -> int:
    """Seconds that a heartbeat may be late: as written, else a fifth of its interval, at least a minute."""
    written = str(expect.get("grace") or "").strip()
    if written:
        return int(parse_duration(written, field="grace").total_seconds())
    return int(max(interval / 5, _LEAST_GRACE).total_seconds())


def find(check_id: str, *, lock: bool = False) -> Check:
    """The check, unless it was removed. Raises `NotFound`."""
    rows = Check.objects.select_for_update() if lock else Check.objects.all()
    try:
        row = rows.filter(id=UUID(check_id), removed_at=None).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound("There is no such check; it may have been removed.")
    return row
