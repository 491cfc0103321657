"""Maintenance windows: planned work during which the alerts it covers page nobody, once or again and again.

A timer turns each window at its start and its end; what still fires at the end is told then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import cancel, enqueue
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.placing import in_words, stored
from tocsin.domain.alerts.commands.silences import SWEEP, Sweep
from tocsin.domain.alerts.models import Maintenance
from tocsin.domain.alerts.permissions import ACCEPT, HANDLE
from tocsin.domain.alerts.rules import maintenance as rules
from tocsin.domain.alerts.rules.routing import parse_matchers
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound

TURN = "alerts.maintenance"


class Turn(msgspec.Struct):
    """Payload of a window's timer."""

    window: str


@dataclass(frozen=True, slots=True)
class _Covered:
    services: list[str]
    matchers: list[list[str]]


def save_maintenance(
    actor: Actor,
    *,
    name: str,
    starts_at: datetime,
    lasts: timedelta,
    zone: str = "UTC",
    rule: str = "",
    services: Sequence[str] = (),
    matchers: str = "",
    critical_pages: bool = False,
    comment: str = "",
    window_id: str | None = None,
) -> str:
    """Plan a window, or change one; returns its id. Event: MaintenancePlanned. Raises `Invalid`, `NotFound`.

    `services` by id or slug; with matchers as well, both must agree. It repeats by `rule` (RFC 5545, such as
    FREQ=WEEKLY;BYDAY=SA) at the same time on the wall in `zone`. `critical_pages`: Critical and unknown page anyway.
    """
    actor.require(HANDLE)
    at = now()
    plan = rules.Plan(zone.strip(), rules.on_wall(starts_at, zone.strip()), lasts, rule.strip().removeprefix("RRULE:"))
    rules.check(plan)
    covered = _covered(actor, services, matchers)
    if not name.strip() or len(name) > 120:
        raise Invalid("name: write 1 to 120 characters, such as what is worked on.", field="name")
    found = rules.next_occurrence(plan, at)
    if found is None:
        raise Invalid("starts_at: it would be over already; choose a later start or a longer time.", field="starts_at")
    with transaction.atomic():
        row = _find(window_id) if window_id else Maintenance()
        row.name, row.comment, row.author, row.updated_at = name.strip(), comment.strip(), actor.name[:200], at
        row.services, row.matchers, row.critical_pages = covered.services, covered.matchers, critical_pages
        row.zone, row.first, row.lasts, row.rule = plan.zone, plan.first.isoformat(), plan.lasts, plan.rule
        row.starts_at, row.ends_at = found.starts_at, found.ends_at
        row.save()
        append(f"maintenance:{row.id}", _planned(row), actor)
        _set_timer(row, at)
        _sweep(row, at)
    return str(row.id)


def end_maintenance(actor: Actor, *, window_id: str) -> None:
    """End the work under way now, or skip the next time; later ones stay. Event: MaintenanceEnded.

    What still fires is told. Raises `NotFound`, `Conflict` when all is over.
    """
    actor.require(HANDLE)
    at = now()
    with transaction.atomic():
        row = _find(window_id)
        if row.starts_at is None or row.ends_at is None or row.ends_at <= at:
            raise Conflict("It is over already.")
        skipped = row.starts_at > at
        _advance(row, row.ends_at, over_at=at)
        append(f"maintenance:{row.id}", events.MaintenanceEnded(name=row.name, skipped=skipped, early=True), actor)
        _sweep(row, at)


def remove_maintenance(actor: Actor, *, window_id: str) -> None:
    """Remove a window with all its times to come. Event: MaintenanceRemoved. Raises `NotFound`."""
    actor.require(HANDLE)
    with transaction.atomic():
        row = _find(window_id)
        append(f"maintenance:{row.id}", events.MaintenanceRemoved(name=row.name), actor)
        cancel(TURN, str(row.id))
        _sweep(row, now())
        row.delete()


def turn_window(actor: Actor, *, window_id: str) -> None:
    """A window's timer rang. Events: MaintenanceBegan, MaintenanceEnded."""
    actor.require(ACCEPT)
    at = now()
    with transaction.atomic():
        row = Maintenance.objects.select_for_update().filter(id=UUID(window_id)).first()
        if row is None or row.starts_at is None or row.ends_at is None:
            return
        if row.ends_at <= at:
            append(f"maintenance:{row.id}", events.MaintenanceEnded(name=row.name), actor)
            _advance(row, at, over_at=row.ends_at)
        elif row.starts_at <= at:
            began = events.MaintenanceBegan(name=row.name, ends_at=row.ends_at, covers=in_words(row.matchers))
            append(f"maintenance:{row.id}", began, actor)
            enqueue(TURN, Turn(str(row.id)), key=str(row.id), due=row.ends_at)
        else:
            _set_timer(row, at)
        _sweep(row, at)


def plan_of(row: Maintenance) -> rules.Plan:
    """The window as the rules see it."""
    return rules.Plan(row.zone, rules.parse_first(row.first), row.lasts, row.rule)


def _advance(row: Maintenance, after: datetime, *, over_at: datetime) -> None:
    """To the next time after `after`; without one the row keeps when it was over."""
    found = rules.next_occurrence(plan_of(row), after)
    if found is None:
        row.starts_at, row.ends_at = min(row.starts_at or over_at, over_at), over_at
        cancel(TURN, str(row.id))
    else:
        row.starts_at, row.ends_at = found.starts_at, found.ends_at
        _set_timer(row, now())
    row.save(update_fields=["starts_at", "ends_at"])


def _set_timer(row: Maintenance, at: datetime) -> None:
    assert row.starts_at is not None
    enqueue(TURN, Turn(str(row.id)), key=str(row.id), due=max(row.starts_at, at))


def _sweep(row: Maintenance, at: datetime) -> None:
    enqueue(SWEEP, Sweep(), key=f"{row.id}:turn", due=at)


def _covered(actor: Actor, services: Sequence[str], matchers: str) -> _Covered:
    parsed = parse_matchers(matchers)
    if parsed and all(matcher.matches({}) for matcher in parsed):
        raise Invalid("matchers: at least one must name something, or it covers every alert.", field="matchers")
    if not parsed and not services:
        raise Invalid("services: choose what is worked on: services, matchers or both.", field="services")
    return _Covered([catalog.service(actor, service).id for service in services], stored(parsed))


def _planned(row: Maintenance) -> events.MaintenancePlanned:
    assert row.starts_at is not None
    assert row.ends_at is not None
    return events.MaintenancePlanned(
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rule=row.rule,
        zone=row.zone,
        covers=in_words(row.matchers),
        services=tuple(row.services),
        critical_pages=row.critical_pages,
        comment=row.comment,
    )


def _find(window_id: str) -> Maintenance:
    try:
        return Maintenance.objects.select_for_update().get(id=UUID(window_id))
    except (ValueError, Maintenance.DoesNotExist) as error:
        raise NotFound("There is no such maintenance window; it may have been removed.") from error
