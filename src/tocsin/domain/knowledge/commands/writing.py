"""What people write into a report, part by part. Two at once never overwrite each other."""

from django.db import transaction

from tocsin.domain.knowledge.commands.loading import locked, put_in_index, record, save, text, writable
from tocsin.domain.knowledge.events import SectionSaved
from tocsin.domain.knowledge.models import Section
from tocsin.domain.knowledge.naming import author
from tocsin.domain.knowledge.permissions import WRITE
from tocsin.domain.knowledge.rules.document import HAND_WRITTEN_LIMIT, TITLES, WRITABLE
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid


def save_section(actor: Actor, *, report_id: str, section: str, text: str, version: int) -> int:
    """Save what was written into a part; its new version. `version` is the one that was read, 0 when there was none.

    Event `knowledge.section_saved` with the whole text, so that every version stays in the log. Raises `Denied`,
    `NotFound`, `Invalid` (no such part, too long), `Conflict` (someone else saved since, or it is approved).
    """
    actor.require(WRITE)
    if section not in WRITABLE:
        raise Invalid(f"section: choose one of {', '.join(WRITABLE)}.", field="section")
    said = _cleaned(text)
    with transaction.atomic():
        report = locked(actor, report_id)
        writable(report)
        row = Section.objects.filter(report=report, key=section).first()
        there = row.version if row else 0
        if version != there:
            raise Conflict(
                "Someone else saved this part while you wrote. Your text is kept here and theirs is shown beside it: "
                "bring the two together, then save again.",
                field="version",
            )
        if row is None:
            row = Section(report=report, key=section, version=0)
        row.text, row.version, row.saved_at = said, there + 1, now()
        row.saved_by_id = actor.person or None
        row.save()
        told = SectionSaved(
            author=author(actor), section=section, title=TITLES[section], version=row.version, text=said
        )
        save(report)
        record(report, told, actor, own=True)
        put_in_index(report)
    return row.version


def _cleaned(value: str) -> str:
    return text(value, "text", longest=HAND_WRITTEN_LIMIT)
