"""What people do with checks: add, change, pause, resume, remove, and ask now."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tocsin.core.log import Event, append
from tocsin.core.search.find import index, remove
from tocsin.core.work import cancel
from tocsin.domain.monitoring import events
from tocsin.domain.monitoring.commands.settling import Settled, find, settle
from tocsin.domain.monitoring.commands.telling import all_clear
from tocsin.domain.monitoring.jobs import LOOK, ask
from tocsin.domain.monitoring.models import Check, CheckState
from tocsin.domain.monitoring.permissions import ARRANGE, RUN
from tocsin.domain.monitoring.ports import HEARTBEAT
from tocsin.domain.monitoring.rules.standing import State
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid
from tocsin.kernel.ids import new_token, token_hash
from tocsin.kernel.subject import Subject

_WORDS = {
    "name": "name",
    "target": "target",
    "service_id": "service",
    "interval": "interval",
    "timeout": "time limit",
    "expect": "expectations",
    "severity": "severity",
    "fail_after": "answers until it fails",
    "recover_after": "answers until it is well",
}
_ASKS_ANEW = {"target", "expect", "timeout"}


def add_check(
    actor: Actor,
    *,
    name: str,
    kind: str = "http",
    target: str = "",
    service_id: str | None = None,
    interval: timedelta = timedelta(seconds=30),
    timeout: timedelta = timedelta(seconds=10),
    expect: Mapping[str, Any] | None = None,
    severity: str = "high",
    fail_after: int = 2,
    recover_after: int = 2,
) -> str:
    """Ask something again and again from now on; returns the check's id. Event: CheckAdded.

    `service_id` by id or slug: its policy is paged when the check fails. What `expect` may hold depends on the kind.
    Raises `Invalid` naming the field, `NotFound`.
    """
    actor.require(ARRANGE)
    settled = settle(
        actor,
        kind=kind,
        name=name,
        target=target,
        service_id=service_id,
        interval=interval,
        timeout=timeout,
        expect=expect or {},
        severity=severity,
        fail_after=fail_after,
        recover_after=recover_after,
    )
    token = new_token() if kind == HEARTBEAT else ""
    with transaction.atomic():
        _refuse_taken_name(settled.name)
        row = Check.objects.create(
            kind=kind, token=token, token_hash=token_hash(token) if token else None, **_columns(settled)
        )
        CheckState.objects.create(check_row=row)
        _say(actor, row, events.CheckAdded(name=row.name, kind=kind, target=row.target, service_id=_id(row.service_id)))
        _index(row)
        if kind != HEARTBEAT:
            ask(str(row.id), now())
    return str(row.id)


def change_check(actor: Actor, *, check_id: str, version: int | None = None, **fields: Any) -> None:
    """Change the given fields (those of `add_check`, but the kind). Event: CheckChanged.

    A different target or expectation begins anew as unknown and is asked at once. Raises `Invalid`, `NotFound`;
    `Conflict` when a `version` is given and someone else saved meanwhile.
    """
    actor.require(ARRANGE)
    with transaction.atomic():
        row = find(check_id, lock=True)
        if version is not None and version != row.version:
            raise Conflict("Someone else changed this check meanwhile; look at it again, then save.")
        service = fields.get("service_id", _id(row.service_id))
        known = {name: getattr(row, name) for name in _WORDS if name != "service_id"}
        settled = settle(actor, **{**known, "kind": row.kind, **fields, "service_id": service})
        changed = [name for name, value in asdict(settled).items() if getattr(row, name) != value]
        if not changed:
            return
        if "name" in changed:
            _refuse_taken_name(settled.name)
        for name in changed:
            setattr(row, name, getattr(settled, name))
        row.version += 1
        row.save(update_fields=[*changed, "version"])
        _index(row)
        _say(actor, row, events.CheckChanged(name=row.name, changed=tuple(_WORDS[name] for name in changed)))
        if not row.paused_at and {*changed} & {*_ASKS_ANEW, "interval"}:
            _ask_or_wait(row, now())


def pause_check(actor: Actor, *, check_id: str) -> None:
    """Do not ask it until it is resumed; its alert ends. Event: CheckPaused. Nothing happens when it is paused."""
    actor.require(ARRANGE)
    with transaction.atomic():
        row = find(check_id, lock=True)
        if row.paused_at:
            return
        row.paused_at = now()
        row.save(update_fields=["paused_at"])
        _begin_anew(actor, row)
        cancel(LOOK, str(row.id))
        _say(actor, row, events.CheckPaused(name=row.name))


def resume_check(actor: Actor, *, check_id: str) -> None:
    """Ask it again, at once. Event: CheckResumed. Nothing happens when it is not paused."""
    actor.require(ARRANGE)
    with transaction.atomic():
        row = find(check_id, lock=True)
        if not row.paused_at:
            return
        row.paused_at = None
        row.save(update_fields=["paused_at"])
        _ask_or_wait(row, now() + row.interval if row.kind == HEARTBEAT else now())
        _say(actor, row, events.CheckResumed(name=row.name))


def remove_check(actor: Actor, *, check_id: str) -> None:
    """Ask it no more; its alert ends, its answers are forgotten, its log stays. Event: CheckRemoved."""
    actor.require(ARRANGE)
    with transaction.atomic():
        row = find(check_id, lock=True)
        row.removed_at = now()
        row.token_hash, row.token = None, ""
        row.save(update_fields=["removed_at", "token_hash", "token"])
        _begin_anew(actor, row)
        cancel(LOOK, str(row.id))
        remove(f"check:{row.id}")
        _say(actor, row, events.CheckRemoved(name=row.name))


def run_now(actor: Actor, *, check_id: str) -> None:
    """Ask it at once; the answer comes from the engine. Raises `Conflict` for what is paused or cannot be asked."""
    actor.require(RUN)
    with transaction.atomic():
        row = find(check_id)
        if row.paused_at:
            raise Conflict("This check is paused; resume it first.")
        if row.kind == HEARTBEAT:
            raise Conflict("A heartbeat is not asked: it waits for a call to its address.")
        ask(str(row.id), now())


def _ask_or_wait(row: Check, at: datetime) -> None:
    """Ask it at `at`. A heartbeat is judged then, unless it was never called: of that nothing is expected yet."""
    if row.kind != HEARTBEAT or CheckState.objects.filter(check_row=row, last_at__isnull=False).exists():
        ask(str(row.id), at)


def _index(row: Check) -> None:
    index(Subject("check", str(row.id), "", row.name, f"/monitoring/checks/{row.id}/"), body=f"{row.kind} {row.target}")


def _refuse_taken_name(name: str) -> None:
    if Check.objects.filter(name=name, removed_at=None).exists():
        raise Invalid("name: another check has this name; alerts are told apart by it.", field="name")


def _begin_anew(actor: Actor, row: Check) -> None:
    """Nothing is known of it any more; an alert of its ends."""
    standing = CheckState.objects.select_for_update().get(check_row=row)
    if standing.state == State.FAILING:
        all_clear(actor, row)
    standing.state, standing.since, standing.good, standing.bad = State.UNKNOWN.value, now(), 0, 0
    standing.told_at = standing.bad_since = None
    standing.save(update_fields=["state", "since", "good", "bad", "told_at", "bad_since"])


def _columns(settled: Settled) -> dict[str, Any]:
    return asdict(settled)


def _say(actor: Actor, row: Check, event: Event) -> None:
    append(f"check:{row.id}", event, actor)


def _id(value: object) -> str | None:
    return str(value) if value else None
