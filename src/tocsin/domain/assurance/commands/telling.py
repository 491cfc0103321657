"""Tells people of findings that they can mend: once when they appear, then once a day while they stand.

Hides bundling: one message for all that is new, at most one an hour and person, so that a bad day never floods.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tocsin.domain.accounts import queries as accounts
from tocsin.domain.accounts.queries import PersonView
from tocsin.domain.assurance.gathering import READER
from tocsin.domain.assurance.models import Finding, Notice
from tocsin.domain.assurance.permissions import AUDIT
from tocsin.domain.assurance.rules.audit import concerns
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery import standing
from tocsin.domain.delivery.ports import Message, reason_to_keep
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor, Role
from tocsin.kernel.business_time import zone_of
from tocsin.kernel.clock import now
from tocsin.kernel.spoken import on_wall
from tocsin.kernel.subject import Subject

SETTLES_AFTER = timedelta(minutes=10)
"""A fault that is mended within this is told to nobody: somebody is just setting things up."""
AT_MOST_EVERY = timedelta(hours=1)
DIGEST_AT = time(9)
"""In the zone of the person (product: daily digest)."""
SHOWN = 10
PURPOSE = "reachability"
SUBJECT = Subject("reachability", "audit", "", "Reachability", "/on-call/reachability/")


def tell(actor: Actor) -> int:
    """Send what is due to those who can mend it; returns how many messages. What belongs to the demo, or is kept in
    the house for another reason, stands on the screen alone: practice sends nobody to mend anything.
    """
    actor.require(AUDIT)
    if not settings.REACHABILITY:
        return 0
    at = now()
    with transaction.atomic():
        open_ = Finding.objects.select_for_update().filter(ended_at=None).order_by("key")
        rows = [row for row in open_ if not reason_to_keep(concerns(row.kind, row.about))]
        if not rows:
            return 0
        known = {notice.person_id: notice for notice in Notice.objects.all()}
        told: set[UUID] = set()
        letters, notices = [], []
        concerned = list(_who(rows))
        ways = _ways([person.id for person, _ in concerned])
        usual = accounts.organisation().time_zone
        for person, mine in concerned:
            notice = known.get(person.id) or Notice(person_id=person.id)
            fresh = [row for row in mine if row.told_at is None and at - row.since >= SETTLES_AFTER]
            free = notice.told_at is None or at - notice.told_at >= AT_MOST_EVERY
            local = at.astimezone(zone_of(person.time_zone or usual))
            digest = not fresh and _digest_due(notice, mine, local)
            if not ((fresh and free) or digest) or not ways[person.id]:
                continue
            key = f"{PURPOSE}:{person.id}:{int(at.timestamp())}"
            message = _message(mine if digest else fresh, person.time_zone or usual, digest=digest)
            letters.append(delivery.Letter(ways[person.id][0], message, key))
            if fresh:
                notice.told_at = at
            told |= {row.id for row in fresh}
            notice.digest_on = local.date()
            notices.append(notice)
        delivery.send_many(READER, letters=letters, subject=SUBJECT, purpose=PURPOSE)
        changed = ["told_at", "digest_on"]
        Notice.objects.bulk_create(notices, update_conflicts=True, unique_fields=["person_id"], update_fields=changed)
        # Told to whoever could be told now; somebody whose hour is not over reads of it in the digest.
        Finding.objects.filter(id__in=told).update(told_at=at)
    return len(letters)


def _digest_due(notice: Notice, mine: list[Finding], local: datetime) -> bool:
    lasting = any(row.told_at is not None for row in mine)
    return lasting and local.time() >= DIGEST_AT and notice.digest_on != local.date()


def _who(rows: list[Finding]) -> Iterable[tuple[PersonView, list[Finding]]]:
    """Everyone who can mend something, with what. Administrators stand in for who cannot be told or is in danger."""
    people = accounts.people(READER, active_only=True)
    for person in people:
        admin = Role.ADMINISTRATOR.value in person.roles
        mine = [
            row
            for row in rows
            if row.person_id == person.id
            or (not row.person_id and set(row.roles) & set(person.roles))
            or (admin and row.person_id and Severity(row.severity).rank >= Severity.HIGH.rank)
        ]
        if mine:
            yield person, mine


def _ways(people: Sequence[str]) -> dict[str, list[str]]:
    """Where each can be told, best first; not where the channel is not set up: what is left there waits for ever and
    calls Tocsin late."""
    found = destinations.destination_ids_for_each(people, urgent=False)
    mute = {method.id for method in standing.methods(READER) if method.problem} if any(found.values()) else set()
    return {person: [id_ for id_ in ids if id_ not in mute] for person, ids in found.items()}


def _message(rows: list[Finding], zone: str, *, digest: bool) -> Message:
    """What would keep pages from arriving, with its times on the wall of `zone`."""
    wall = zone_of(zone)
    ordered = sorted(rows, key=lambda row: -Severity(row.severity).rank)
    count = f"{len(rows)} thing{'' if len(rows) == 1 else 's'}"
    title = f"{count} would still keep pages from arriving" if digest else f"{count} would keep pages from arriving"
    lines = [
        on_wall(
            f"{Severity(row.severity).word}: {row.sentence} {row.mend}",
            lambda at: f"{at.astimezone(wall):%a %-d %b %H:%M}",
            lambda _: f"({zone})",
        )
        for row in ordered[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(f"And {len(rows) - SHOWN} more.")
    return Message(title=title, text="\n\n".join(lines), url=f"{settings.PUBLIC_URL}{SUBJECT.url}", action="See them")
