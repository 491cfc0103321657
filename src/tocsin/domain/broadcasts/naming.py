"""A staff alert by reference or id, and as lower rooms know it."""

from tocsin.domain.broadcasts.models import StaffAlert
from tocsin.kernel.ids import id_of
from tocsin.kernel.subject import Subject


def found(ref_or_id: str) -> StaffAlert | None:
    """By `ALERT-7` (in any case of letters) or id. One query."""
    text = str(ref_or_id).strip().upper()
    number = text.removeprefix("ALERT-")
    if text.startswith("ALERT-") and number.isascii() and number.isdigit() and len(number) < 9:
        return StaffAlert.objects.filter(number=int(number)).first()
    return StaffAlert.objects.filter(id=id_of(ref_or_id)).first()


def subject(row: StaffAlert) -> Subject:
    """What a page about it names; of a restricted one the incident's reference alone."""
    drill = "Drill: " if row.practice else ""
    return Subject(
        kind="staff_alert",
        id=str(row.id),
        reference=row.incident_reference if row.restricted else row.reference,
        title=f"{drill}{row.title}",
        url=row.url,
        restricted=row.restricted,
    )
