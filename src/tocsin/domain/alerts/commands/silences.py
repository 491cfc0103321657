"""Silences: alerts that page nobody for a while. They hold back what is new, never the word that it is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.placing import in_words, stored
from tocsin.domain.alerts.models import Silence
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.domain.alerts.rules.routing import Matcher, parse_matchers
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound

SWEEP = "alerts.silences"


class Sweep(msgspec.Struct):
    """Payload of the job that brings alerts in line with the silences, from the alert after `after`."""

    after: str = ""


def add_silence(
    actor: Actor,
    *,
    matchers: str | Sequence[Matcher],
    ends_at: datetime,
    comment: str,
    starts_at: datetime | None = None,
    author: str = "",
    silence_id: str | None = None,
    integration_id: str | None = None,
) -> str:
    """Add a silence, or change one; returns its id. Event: Silenced. Raises `Invalid`, `NotFound`.

    Changing the matchers of one in force ends it and adds another, as Alertmanager does. With an
    `integration_id` it covers that source's alerts only.
    """
    actor.require(HANDLE)
    at = now()
    starts_at = max(starts_at or at, at) if silence_id is None else starts_at or at
    parsed = parse_matchers(matchers) if isinstance(matchers, str) else tuple(matchers)
    _check(parsed, starts_at, ends_at, comment, at)
    with transaction.atomic():
        row = _row_to_write(actor, silence_id, stored(parsed), integration_id, at)
        row.starts_at, row.ends_at, row.comment, row.updated_at = starts_at, ends_at, comment.strip(), at
        row.author = (author or actor.name)[:200]
        row.save()
        silenced = events.Silenced(
            silence=str(row.id),
            matchers=in_words(row.matchers),
            starts_at=starts_at,
            ends_at=ends_at,
            comment=row.comment,
        )
        append(f"silence:{row.id}", silenced, actor)
        enqueue(SWEEP, Sweep(), key=f"{row.id}:starts", due=starts_at)
        enqueue(SWEEP, Sweep(), key=f"{row.id}:ends", due=ends_at)
    return str(row.id)


def expire_silence(actor: Actor, *, silence_id: str, integration_id: str | None = None) -> None:
    """End a silence now: what still fires and was never told is told. Event: SilenceEnded. Raises `NotFound`."""
    actor.require(HANDLE)
    with transaction.atomic():
        _end(actor, _find(silence_id, integration_id), now())


def _check(matchers: Sequence[Matcher], starts_at: datetime, ends_at: datetime, comment: str, at: datetime) -> None:
    if not matchers or all(m.matches({}) for m in matchers):
        raise Invalid("matchers: at least one must name something, or everything would be silent.", field="matchers")
    if ends_at <= max(starts_at, at):
        raise Invalid("ends_at: it must be in the future and after the start.", field="ends_at")
    if not comment.strip():
        raise Invalid("comment: say why, so that others know.", field="comment")


def _row_to_write(
    actor: Actor, silence_id: str | None, matchers: list[list[str]], integration_id: str | None, at: datetime
) -> Silence:
    fresh = Silence(matchers=matchers, integration_id=UUID(integration_id) if integration_id else None)
    if silence_id is None:
        return fresh
    row = _find(silence_id, integration_id)
    if row.ends_at > at and (row.matchers == matchers or row.starts_at > at):
        row.matchers = matchers
        return row
    if row.ends_at > at:
        _end(actor, row, at)
    return fresh


def _end(actor: Actor, row: Silence, at: datetime) -> None:
    if row.ends_at <= at:
        return
    row.ends_at, row.starts_at, row.updated_at = at, min(row.starts_at, at), at
    row.save(update_fields=["ends_at", "starts_at", "updated_at"])
    append(f"silence:{row.id}", events.SilenceEnded(silence=str(row.id), matchers=in_words(row.matchers)), actor)
    enqueue(SWEEP, Sweep(), key=f"{row.id}:ends", due=at)


def _find(silence_id: str, integration_id: str | None) -> Silence:
    rows = Silence.objects.select_for_update()
    try:
        if integration_id:
            rows = rows.filter(integration_id=UUID(integration_id))
        return rows.get(id=UUID(silence_id))
    except (ValueError, Silence.DoesNotExist) as error:
        raise NotFound("There is no such silence.") from error
