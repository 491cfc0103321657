"""What every command of this room needs: the locked report, its version, its place in the index.

Hides what keeps two people at once from overwriting each other. Decides nothing about reports.
"""

from django.db.models import F

from tocsin.core.log import Event, append
from tocsin.core.search.find import index
from tocsin.domain.incidents.queries import IncidentRow, row
from tocsin.domain.knowledge.access import visible_ids
from tocsin.domain.knowledge.models import ActionItem, Lesson, Report, Section
from tocsin.domain.knowledge.naming import TOCSIN, report_subject
from tocsin.domain.knowledge.rules.review import OPEN, ReviewState
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Conflict, Invalid, NotFound
from tocsin.kernel.ids import uuid_of

NO_SUCH = "There is no such report."


def locked(actor: Actor, report_id: str) -> Report:
    """The report's row, locked until the transaction ends. Raises `NotFound` also when the actor may not see it."""
    id_ = uuid_of(report_id)
    found = Report.objects.select_for_update().filter(id=id_).first() if id_ else None
    if found is None or str(found.id) not in visible_ids(actor, [str(found.id)]):
        raise NotFound(NO_SUCH, field="report")
    return found


def writable(report: Report) -> None:
    """Raises `Conflict` when it is approved: then it is written again only after it was taken back."""
    if ReviewState(report.state) not in OPEN:
        words = ReviewState(report.state).words.lower()
        raise Conflict(f"The report is {words}; take it back to draft before you change it.", field="state")


def save(report: Report, *fields: str) -> None:
    """Write the named fields if nobody else wrote in between; the version grows by one. Raises `Conflict`."""
    report.changed_at = now()
    values = {name: getattr(report, name) for name in (*fields, "changed_at")}
    changed = Report.objects.filter(id=report.id, version=report.version).update(version=F("version") + 1, **values)
    if not changed:
        raise Conflict("Someone else changed the report in the meantime; look at it again.", field="version")
    report.version += 1


def record(report: Report, what: Event, actor: Actor, *, own: bool = False) -> None:
    """Append to the incident's stream; what is of the report alone (`own`) to the report's."""
    append(f"report:{report.id}" if own else f"incident:{report.incident_id}", what, actor)


def incident_of(report: Report) -> IncidentRow:
    """The incident as lists show it. Six queries."""
    return row(TOCSIN, str(report.incident_id))


def put_in_index(report: Report) -> None:
    """Renew what search finds: hand-written text, lessons and items. Of a restricted incident only its name."""
    owner = incident_of(report)
    texts: list[str] = []
    if not owner.restricted:
        texts += Section.objects.filter(report=report).values_list("text", flat=True)
        kept = Lesson.objects.filter(report=report, state="accepted")
        texts += [lesson.text or lesson.proposed for lesson in kept]
        texts += ActionItem.objects.filter(report=report).values_list("title", flat=True)
    index(report_subject(str(report.id), owner), "\n".join(texts))


def text(value: str, field: str, *, needed: str = "", longest: int) -> str:
    """The text without surrounding blanks. Raises `Invalid` when it is too long, or empty although `needed`."""
    cleaned = value.replace("\0", "").strip()
    if needed and not cleaned:
        raise Invalid(f"{field}: {needed}", field=field)
    if len(cleaned) > longest:
        raise Invalid(f"{field}: at most {longest:,} characters; this has {len(cleaned):,}.", field=field)
    return cleaned
