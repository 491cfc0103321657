"""Tells subscribers of an update, slice by slice, with one ledger row for each. A slice done twice changes nothing."""

from uuid import UUID

from django.db import transaction
from django.utils import translation

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.statuspage.access import in_public
from tocsin.domain.statuspage.commands.loading import TOCSIN, the_page
from tocsin.domain.statuspage.jobs import Tell, tell_next
from tocsin.domain.statuspage.letters import Announcement
from tocsin.domain.statuspage.models import Page, PublicIncident, Subscriber, Update
from tocsin.domain.statuspage.picturing import incident_views, update_view
from tocsin.domain.statuspage.subscriptions import leave_url
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Refused
from tocsin.kernel.ids import new_id
from tocsin.kernel.subject import Subject

PURPOSE = "statuspage"
SLICE = 100
"""Subscribers looked at in one transaction."""
NEW_PLACES = 10
"""Of them, how many may need a place in delivery first: that is what takes time."""


def subject_of_page() -> Subject:
    """The page, as delivery knows it."""
    row = the_page()
    return Subject("statuspage", str(row.id), "Status page", row.name, "/status/")


def tell_slice(job: Tell) -> None:
    """Tell the next subscribers, and put in the job for those after them."""
    update = Update.objects.filter(id=job.update).select_related("incident").first()
    page = Page.objects.first()
    if update is None or page is None:
        return
    shown = in_public(PublicIncident.objects.filter(id=update.incident_id)).exists()
    if not shown or not page.published:
        return
    with translation.override(page.languages[0] if page.languages else None):
        announcement = Announcement(page, incident_views([update.incident])[0], update_view(update))
    rows = Subscriber.objects.filter(state="active").order_by("id")
    if job.after:
        rows = rows.filter(id__gt=UUID(job.after))
    listed = list(rows[:SLICE])
    letters, last, made = [], job.after, 0
    for row in listed:
        if made >= NEW_PLACES:
            break
        last = str(row.id)
        if not announcement.concerns(row.components):
            continue
        made += row.destination_id is None
        if _has_place(row):
            message = announcement.message(row.kind, leave_url(row.id))
            letters.append(delivery.Letter(str(row.destination_id), message, f"statuspage:{update.id}:{row.id}"))
    subject = Subject("public_update", str(update.id), page.name, announcement.title, announcement.path)
    delivery.send_many(TOCSIN, letters=letters, subject=subject, purpose=f"{PURPOSE}.update")
    if len(listed) == SLICE or (listed and last != str(listed[-1].id)):
        tell_next(str(update.id), last)
    else:
        Update.objects.filter(id=update.id).update(told_at=now())


def _has_place(row: Subscriber) -> bool:
    """False for an address that delivery refuses: it is marked broken, and the others go on."""
    if row.destination_id is not None:
        return True
    try:
        with transaction.atomic():
            made = delivery.add_destination(
                TOCSIN, kind=row.kind, address=row.address, vouched=True, audience="statuspage"
            )
    except Refused as refused:
        Subscriber.objects.filter(id=row.id).update(state="broken", last_answer=refused.sentence[:300])
        return False
    row.destination_id = UUID(made)
    row.save(update_fields=["destination"])
    return True


def new_key() -> str:
    """A key for a form: the update that it makes is made once."""
    return f"form:{new_id()}"
