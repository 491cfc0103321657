"""Sends one page to a person's contact methods, each with a link of its own.

The personal rule: an urgent page goes to all verified methods at once, any other to the first, and to the next
one only when that fails. Runs inside the caller's transaction; the sending itself is the delivery room's.
"""

from datetime import timedelta

from django.conf import settings

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.oncall.models import Escalation, Page, PageLink
from tocsin.domain.oncall.rules.urgency import Severity, Urgency
from tocsin.domain.oncall.snapshots import READER
from tocsin.domain.oncall.wording import page_message
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id, new_token, token_hash
from tocsin.kernel.subject import Subject

PURPOSE = "page"
LINK_LASTS = timedelta(hours=24)


def subject_of(row: Escalation) -> Subject:
    """The subject as it was when it was paged last."""
    return Subject(
        kind=row.subject_kind,
        id=row.subject_id,
        reference=row.subject_reference,
        title=row.subject_title,
        url=row.subject_url,
        restricted=row.subject_restricted,
    )


def contact(page: Page) -> list[str]:
    """Send the page by the personal rule; returns the kinds of method used, none when there is none."""
    urgent = page.urgency == Urgency.WAKES
    ids = destinations.destination_ids_for(str(page.person_id), urgent=urgent)
    return [_send(page, id_) for id_ in (ids if urgent else ids[:1])]


def contact_next(page: Page) -> list[str]:
    """After a failure: the first method that this page has not tried; none when all were tried."""
    tried = set(page.links.values_list("destination", flat=True))
    ids = destinations.destination_ids_for(str(page.person_id), urgent=page.urgency == Urgency.WAKES)
    return [_send(page, id_) for id_ in [id_ for id_ in ids if id_ not in tried][:1]]


def contact_again(page: Page, link: PageLink) -> None:
    """Send to the same method once more, with a new link (the first message was held back and the page reopened)."""
    _send(page, link.destination)


def _send(page: Page, destination_id: str) -> str:
    row, token, id_ = page.escalation, new_token(), new_id()
    kinds = {d.id: d.kind for d in destinations.destinations(READER, str(page.person_id))}
    link = PageLink.objects.create(
        id=id_,
        page=page,
        destination=destination_id,
        kind=kinds.get(destination_id, "message"),
        token_hash=token_hash(token),
        delivery_key=f"{PURPOSE}:{id_}",
        expires_at=now() + LINK_LASTS,
        sent_at=now(),
    )
    subject = subject_of(row)
    message = page_message(
        subject=subject,
        severity=Severity(row.severity),
        summary=row.summary,
        facts=row.facts,
        reason=page.reason,
        link=f"{settings.PUBLIC_URL}/p/{token}",
        next_at=row.next_at,
        urgent=page.urgency == Urgency.WAKES,
    )
    delivery.send(
        READER,
        destination_id=destination_id,
        message=message,
        subject=subject,
        purpose=PURPOSE,
        key=link.delivery_key,
    )
    return link.kind
