"""Takes the report of a demonstration's incident away. Nobody removes a report of what happened."""

from django.db import transaction

from tocsin.core.search.find import remove as forget_in_search
from tocsin.core.work import cancel
from tocsin.domain.knowledge import jobs
from tocsin.domain.knowledge.models import ActionItem, Report
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied


def remove_unreal(actor: Actor, *, incident: str) -> None:
    """Remove the report of this incident (by id) with its items, PDFs and reminders; the log keeps its entries.

    Nothing happens when there is none. Only Tocsin's own workers may. Raises `Denied`.
    """
    if not actor.is_system:
        raise Denied("Reports cannot be removed; take it back to draft instead.")
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(incident_id=incident).first()
        if report is None:
            return
        for item in ActionItem.objects.filter(report=report):
            cancel(jobs.REMIND, str(item.id))
            cancel(jobs.OVERDUE, str(item.id))
        forget_in_search(f"report:{report.id}")
        report.delete()
