"""Checks: what may be demanded belongs to the kinds of check; here only durations and names are put into words."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta, field

from tocsin.cli.organisation.applying import Work
from tocsin.cli.organisation.entry import Entry, Name, duration_text, spelled
from tocsin.cli.organisation.section import Section, Standing
from tocsin.domain.monitoring import commands
from tocsin.domain.monitoring.ports import HEARTBEAT, probe_of
from tocsin.domain.monitoring.queries import CheckView, checks
from tocsin.kernel.actor import Actor
from tocsin.kernel.durations import parse_duration
from tocsin.kernel.errors import Invalid


class Check(Entry):
    """Something that Tocsin asks by itself, known by its name. A heartbeat's address is never written to a file."""

    name: Name
    kind: str = "http"
    target: str = ""
    service: str = ""
    every: str = "30s"
    timeout: str = "10s"
    severity: str = "high"
    fails_after: Annotated[int, Meta(ge=1)] = 2
    well_after: Annotated[int, Meta(ge=1)] = 2
    expect: dict[str, str | int] = field(default_factory=dict)


_TIMEOUT = Check(name="x").timeout


class _Checks(Section[Check]):
    name, one, entry, place = "checks", "check", Check, 8
    after = ("services",)

    def read(self, now: Standing) -> Iterable[tuple[str, Check]]:
        services = now.names("services")
        for view in checks(now.actor):
            yield view.id, _written(view, services)

    def normal(self, entry: Check) -> None:
        """As it is kept; what cannot be is left for the command to refuse."""
        with suppress(Invalid):
            entry.every, entry.timeout = spelled(entry.every), spelled(entry.timeout)
            if entry.kind == HEARTBEAT:
                late = str(entry.expect.get("grace") or "")
                entry.expect = {"grace": spelled(late) if late else _fifth(parse_duration(entry.every))}
                entry.target, entry.timeout = "", _TIMEOUT
            else:
                entry.target, kept = probe_of(entry.kind).settle(entry.target.strip(), entry.expect)
                entry.expect = _texts(kept)

    def save(self, work: Work, entry: Check, old: Check | None, id_: str) -> str:
        fields: dict[str, Any] = {
            "name": entry.name,
            "target": entry.target,
            "service_id": work.id_of("services", entry.service, "service") if entry.service else None,
            "interval": parse_duration(entry.every, field="every"),
            "timeout": parse_duration(entry.timeout, field="timeout"),
            "severity": entry.severity,
            "fail_after": entry.fails_after,
            "recover_after": entry.well_after,
            "expect": entry.expect,
        }
        if old is None:
            return commands.add_check(work.actor, kind=entry.kind, **fields)
        if old.kind != entry.kind:
            raise Invalid(f"kind: '{entry.name}' is of kind {old.kind}; give the new one another name.", field="kind")
        commands.change_check(work.actor, check_id=id_, **fields)
        return id_

    def remove(self, actor: Actor, id_: str) -> None:
        commands.remove_check(actor, check_id=id_)


def _written(view: CheckView, services: Mapping[str, str]) -> Check:
    heartbeat = view.kind == HEARTBEAT
    grace = {"grace": duration_text(timedelta(seconds=int(view.expect["grace"])))} if heartbeat else {}
    return Check(
        name=view.name,
        kind=view.kind,
        target=view.target,
        service=services.get(view.service_id or "", ""),
        every=duration_text(view.interval),
        timeout=_TIMEOUT if heartbeat else duration_text(view.timeout),
        severity=view.severity,
        fails_after=view.fail_after,
        well_after=view.recover_after,
        expect={**grace} if heartbeat else _texts(view.expect),
    )


def _fifth(interval: timedelta) -> str:
    return duration_text(timedelta(seconds=int(max(interval / 5, timedelta(minutes=1)).total_seconds())))


def _texts(expect: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: value if isinstance(value, int) else str(value) for name, value in sorted(expect.items())}


SECTION = _Checks()
