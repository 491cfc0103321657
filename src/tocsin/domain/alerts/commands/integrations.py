"""Connecting sources: add, change, new key, remove, and a test alert that takes the way of a real one."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue, wake_engine
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.accepting import accept
from tocsin.domain.alerts.models import Integration, SourceState
from tocsin.domain.alerts.own_signals import OwnSignal, own_signal
from tocsin.domain.alerts.permissions import ACCEPT, CONNECT
from tocsin.domain.alerts.ports import CHECKS, kinds, sources
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound
from tocsin.kernel.ids import new_key, token_hash

TEST_OVER = "alerts.test_over"
TEST_LASTS = timedelta(minutes=5)
OLD_KEY_WORKS = timedelta(hours=24)
_TEST = "test"


class TestOver(msgspec.Struct):
    """Payload of the timer that ends a test alert."""

    integration: str


@dataclass(frozen=True, slots=True)
class Connected:
    """A new integration: what to put into the sender."""

    id: str
    url: str
    key: str


def address(integration: Integration, key: str) -> str:
    """The address to give to the sender; empty for Tocsin's own checks, which need none."""
    if integration.kind == CHECKS:
        return ""
    return sources()[kinds()[integration.kind]].address(settings.PUBLIC_URL, key)


def add_integration(
    actor: Actor, *, kind: str, name: str, service: str | None = None, every: timedelta | None = None, key: str = ""
) -> Connected:
    """Connect a source of alerts; `service` by id or slug, `every` when it speaks in a rhythm. Event: IntegrationAdded.

    A `key` of one's own (the organisation as code) must have 32 characters. Raises `Invalid`, `NotFound`.
    """
    actor.require(CONNECT)
    _check(kind=kind, name=name, key=key)
    key = key or new_key()
    with transaction.atomic():
        row = Integration.objects.create(
            kind=kind,
            name=name.strip(),
            key=key,
            key_hash=token_hash(key),
            service_id=_service_id(actor, service),
            every=every,
        )
        SourceState.objects.create(integration=row)
        added = events.IntegrationAdded(integration=str(row.id), name=row.name, format=kind)
        append(f"integration:{row.id}", added, actor)
    return Connected(str(row.id), address(row, key), key)


def change_integration(
    actor: Actor, *, integration_id: str, name: str, service: str | None, every: timedelta | None
) -> None:
    """Rename a source, point it to another service, say how often it speaks. Raises `Invalid`, `NotFound`."""
    actor.require(CONNECT)
    row = find(integration_id)
    _check(kind=row.kind, name=name)
    row.name, row.service_id, row.every = name.strip(), _service_id(actor, service), every
    row.save(update_fields=["name", "service", "every"])


def rotate_key(actor: Actor, *, integration_id: str) -> Connected:
    """A new key; the one before works for another 24 hours. Event: KeyRotated."""
    actor.require(CONNECT)
    key = new_key()
    with transaction.atomic():
        row = find(integration_id, lock=True)
        row.old_key_hash, row.old_key_until = row.key_hash, now() + OLD_KEY_WORKS
        row.key, row.key_hash = key, token_hash(key)
        row.save(update_fields=["key", "key_hash", "old_key_hash", "old_key_until"])
        append(f"integration:{row.id}", events.KeyRotated(integration=str(row.id), name=row.name), actor)
    return Connected(str(row.id), address(row, key), key)


def remove_integration(actor: Actor, *, integration_id: str) -> None:
    """Disconnect a source: its keys stop within seconds, its alerts stay. Event: IntegrationRemoved."""
    actor.require(CONNECT)
    with transaction.atomic():
        row = find(integration_id, lock=True)
        row.removed_at = now()
        row.save(update_fields=["removed_at"])
        append(f"integration:{row.id}", events.IntegrationRemoved(integration=str(row.id), name=row.name), actor)


def send_test_alert(actor: Actor, *, integration_id: str, severity: Severity = Severity.CRITICAL) -> None:
    """Put a test alert into the inbox, which pages as a real one would and resolves after 5 minutes."""
    actor.require(CONNECT)
    row = find(integration_id)
    signal = OwnSignal(
        title=f"Test alert from {row.name}",
        labels={"alertname": "TestAlert", "source": row.name, "test": "true"},
        severity=severity,
        annotations={"description": f"Sent by {actor.name} to see whether it reaches the right person."},
    )
    with transaction.atomic():
        accept(system("alerts.test"), rows=[own_signal(str(row.id), _TEST, signal)])
        enqueue(TEST_OVER, TestOver(str(row.id)), key=str(row.id), due=now() + TEST_LASTS)
        transaction.on_commit(wake_engine)


def end_test_alert(actor: Actor, *, integration_id: str) -> None:
    """Resolve the test alert of a source, by the same way."""
    actor.require(ACCEPT)
    signal = OwnSignal(title="Test alert", labels={}, resolved=True)
    with transaction.atomic():
        accept(actor, rows=[own_signal(integration_id, _TEST, signal)])
        transaction.on_commit(wake_engine)


def checks_integration(actor: Actor) -> str:
    """Id of the integration that Tocsin's own checks speak through, made when it is missing. One query else."""
    actor.require(ACCEPT)
    row = Integration.objects.filter(kind=CHECKS, removed_at__isnull=True).order_by("created_at").first()
    if row is None:
        key = new_key()
        row = Integration.objects.create(kind=CHECKS, name="Tocsin checks", key=key, key_hash=token_hash(key))
    return str(row.id)


def find(integration_id: str, *, lock: bool = False) -> Integration:
    """The integration, unless it was removed. Raises `NotFound`."""
    rows = Integration.objects.select_for_update() if lock else Integration.objects.all()
    try:
        row = rows.filter(id=UUID(integration_id), removed_at__isnull=True).first()
    except ValueError:
        row = None
    if row is None:
        raise NotFound("There is no such integration; it may have been removed.")
    return row


def _check(*, kind: str, name: str, key: str = "") -> None:
    if kind not in kinds():
        known = ", ".join(sorted(kinds()))
        raise Invalid(f"kind: '{kind}' is not known; choose one of {known}.", field="kind")
    if not name.strip() or len(name) > 120:
        raise Invalid("name: write 1 to 120 characters.", field="name")
    if key and len(key) != 32:
        raise Invalid("key: it must have 32 characters; leave it out to get a new one.", field="key")


def _service_id(actor: Actor, service: str | None) -> str | None:
    return catalog.service(actor, service).id if service else None
