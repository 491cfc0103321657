"""The organisation's accounts with vendors: set up, changed, removed, connected, and tried by a test message."""

from collections.abc import Mapping
from json import dumps, loads

import msgspec
from django.db import transaction

from tocsin.core.log import append
from tocsin.core.work import enqueue
from tocsin.domain.delivery.channels import ChannelKind, channel_kind, channel_kinds, missing, of_environment
from tocsin.domain.delivery.commands.destinations import address_hash
from tocsin.domain.delivery.commands.sending import send
from tocsin.domain.delivery.events import ChannelChanged, ChannelRemoved
from tocsin.domain.delivery.limits import TEST, check_rate
from tocsin.domain.delivery.models import Channel, Destination
from tocsin.domain.delivery.permissions import CHANNELS
from tocsin.domain.delivery.ports import Message, transport
from tocsin.domain.delivery.rules import one_line
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import new_id
from tocsin.kernel.subject import Subject

CONNECT_JOB = "delivery.connect"
TRIAL = "channel-test"
"""The list of destinations to which administrators send tests of a channel."""


class Connect(msgspec.Struct):
    """Payload: the channel's name."""

    channel: str


def save_channel(actor: Actor, *, name: str, config: Mapping[str, str]) -> None:
    """Set up or change an account; an empty secret keeps what was there. Event channel_changed.

    Raises `NotFound`, `Invalid` naming the field; a field that the environment sets cannot be changed here.
    """
    actor.require(CHANNELS)
    kind, fixed = channel_kind(name), of_environment(name)
    with transaction.atomic():
        row = Channel.objects.select_for_update().filter(name=name).first()
        before = loads(row.config) if row else {}
        given = _given(kind, config, before, fixed)
        cleaned = {key: value for key, value in kind.clean({**given, **fixed}).items() if value and key not in fixed}
        changed = sorted(key for key in {*before, *cleaned} if before.get(key) != cleaned.get(key))
        if row is not None and not changed:
            return
        Channel.objects.update_or_create(
            name=name,
            defaults={"config": dumps(cleaned), "changed_at": now(), "connected_at": None, "problem": ""},
        )
        labels = {field.name: field.label for field in kind.fields}
        said = ChannelChanged(channel=name, title=kind.title, fields=[labels.get(key, key) for key in changed])
        append(f"channel:{name}", said, actor)
        enqueue(CONNECT_JOB, Connect(channel=name), key=f"{CONNECT_JOB}:{name}", lane=name)


def _given(
    kind: ChannelKind, config: Mapping[str, str], before: Mapping[str, str], fixed: Mapping[str, str]
) -> dict[str, str]:
    known = {field.name: field for field in kind.fields}
    for key in config:
        if key not in known:
            raise Invalid(f"{key}: {kind.title} has no such setting; it has {', '.join(known)}.", field=key)
        if key in fixed and config[key] and config[key] != fixed[key]:
            raise Invalid(f"{key}: the environment sets this; change it there.", field=key)
    given = {**before, **{key: value.strip() for key, value in config.items()}}
    for key, field in known.items():
        if field.secret and not given.get(key):
            given[key] = before.get(key, "")
    return given


def remove_channel(actor: Actor, *, name: str) -> None:
    """Forget an account; what would go through it waits and says so. Event channel_removed."""
    actor.require(CHANNELS)
    kind = channel_kind(name)
    with transaction.atomic():
        if not Channel.objects.filter(name=name).delete()[0]:
            raise NotFound("Nothing is set up here that could be removed.")
        append(f"channel:{name}", ChannelRemoved(channel=name, title=kind.title), actor)


def test_channel(actor: Actor, *, name: str, kind: str, address: str) -> str:
    """Send a test message through a channel to an address; the id of its delivery.

    Raises `Invalid(kind, address)`, `Conflict` when the channel is not set up, or after 10 tests in an hour there.
    """
    actor.require(CHANNELS)
    if kind not in channel_kind(name).kinds:
        raise Invalid("kind: this channel has no such kind of message.", field="kind")
    if problem := missing(name):
        raise Conflict(problem)
    cleaned = transport(kind).clean(address, {})
    message = Message(
        title=f"Test of {channel_kind(name).title} from Tocsin",
        text=f"{one_line(actor.name, 80)} asked for this test. Nothing has happened.",
        reference="Test",
    )
    subject = Subject("channel", name, "Test", "Test message", f"/settings/channels/{name}/")
    with transaction.atomic():
        row, _ = Destination.objects.get_or_create(
            kind=kind,
            address_hash=address_hash(kind, cleaned.address),
            audience=TRIAL,
            person=None,
            defaults={
                "address": cleaned.address,
                "address_hint": cleaned.hint[:160],
                "config": dumps(dict(cleaned.config)),
                "created_at": now(),
                "verified_at": now(),
            },
        )
        check_rate(row.id, TEST)
        if not row.enabled:
            row.enabled, row.ended = True, ""
            row.save(update_fields=["enabled", "ended"])
        key = f"{TEST}:{new_id()}"
        return send(actor, destination_id=str(row.id), message=message, subject=subject, purpose=TEST, key=key)


def connected(actor: Actor, *, name: str, problem: str) -> None:
    """Keep what connecting came to. Called by the engine only."""
    actor.require(CHANNELS)
    Channel.objects.filter(name=name).update(connected_at=now(), problem=one_line(problem, 500))


def give_channel(actor: Actor, *, name: str, config: Mapping[str, str]) -> dict[str, str]:
    """Settings that Tocsin makes by itself, kept once: whoever comes second gets those of the first."""
    actor.require(CHANNELS)
    assert name in channel_kinds()
    with transaction.atomic():
        row, _ = Channel.objects.get_or_create(
            name=name, defaults={"config": dumps(dict(config)), "changed_at": now(), "connected_at": now()}
        )
    kept: dict[str, str] = loads(row.config)
    return kept
