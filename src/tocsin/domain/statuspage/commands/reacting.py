"""What happens in our incidents, as far as the public may know: public texts, confirmation, resolution, restriction.

Each loads what is true now and reconciles. Nothing of a restricted incident is ever told, and no internal text.
"""

from datetime import datetime

from django.db import transaction

from tocsin.domain.incidents import queries as inside
from tocsin.domain.incidents.queries import IncidentRow
from tocsin.domain.statuspage.commands.components import of_services
from tocsin.domain.statuspage.commands.incidents import open_incident, post_update
from tocsin.domain.statuspage.commands.loading import TOCSIN, changed
from tocsin.domain.statuspage.commands.maintenance import agreed_text
from tocsin.domain.statuspage.models import Page, PublicIncident
from tocsin.domain.statuspage.ports import withheld
from tocsin.domain.statuspage.rules.states import ComponentStatus, IncidentStatus, status_for
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound

_LOUD = frozenset({"critical", "high"})


def public_text(incident: str, *, text: str, key: str, author: Actor, next_update_at: datetime | None) -> None:
    """A person told the public something in an incident: the page says the same, opened by the first text."""
    found = _ours(incident)
    page = Page.objects.first()
    if found is None or page is None:
        return
    with transaction.atomic():
        ended = found.state in {"resolved", "closed"}
        row = _open_for(found.id) or (_last_for(found.id) if ended else None)
        if row is None:
            _open(found, text, key=key, author=author, next_update_at=next_update_at)
            return
        status = IncidentStatus.MONITORING if found.state == "mitigated" else IncidentStatus(row.status)
        if ended:
            status = IncidentStatus.RESOLVED
        states = {} if status is IncidentStatus.RESOLVED else _new_components(row, found)
        post_update(
            author,
            public_incident_id=str(row.id),
            status=status,
            body=text,
            components=states,
            next_update_at=next_update_at,
            key=key,
        )


def _new_components(row: PublicIncident, found: IncidentRow) -> dict[str, str]:
    """Components of services that joined the incident since it was opened in public."""
    named = set(row.named.values_list("component_id", flat=True))
    standing = of_services([service.id for service in found.services])
    return {str(one.id): status_for(found.severity) for one in standing if one.id not in named}


def _open(found: IncidentRow, text: str, *, key: str, author: Actor, next_update_at: datetime | None = None) -> None:
    states = {str(one.id): str(status_for(found.severity)) for one in of_services([s.id for s in found.services])}
    status = {
        "mitigated": IncidentStatus.MONITORING,
        "resolved": IncidentStatus.RESOLVED,
        "closed": IncidentStatus.RESOLVED,
    }.get(found.state, IncidentStatus.INVESTIGATING)
    if status is IncidentStatus.RESOLVED:
        states = dict.fromkeys(states, str(ComponentStatus.OPERATIONAL))
    open_incident(
        author,
        title="",
        status=status,
        body=text,
        components=states,
        incident=found.id,
        next_update_at=next_update_at,
        key=key,
    )


def confirmed(incident: str) -> None:
    """Somebody confirmed or declared it: told at once where the page is set to, if it is loud and not restricted."""
    found = _ours(incident)
    page = Page.objects.first()
    if found is None or page is None or not page.opens_by_itself:
        return
    if found.severity not in _LOUD or found.state not in {"triaged", "responding"}:
        return
    components = of_services([service.id for service in found.services])
    with transaction.atomic():
        if components and _open_for(found.id) is None:
            text = agreed_text(IncidentStatus.INVESTIGATING, [one.name for one in components])
            _open(found, text, key=f"opened:{found.id}", author=TOCSIN)


def over(incident: str) -> None:
    """It was resolved, dismissed or merged inside: the page says that it is solved."""
    found = _ours(incident)
    if found is None or found.state not in {"resolved", "closed", "dismissed", "merged"}:
        return
    with transaction.atomic():
        row = _open_for(found.id)
        if row is not None:
            names = list(row.named.order_by("component__position").values_list("component__name", flat=True))
            text = agreed_text(IncidentStatus.RESOLVED, names)
            post_update(
                TOCSIN,
                public_incident_id=str(row.id),
                status=IncidentStatus.RESOLVED,
                body=text,
                key=f"resolved:{row.id}:{row.version}",
            )


def access_changed(incident: str) -> None:
    """It was restricted or released: the page withholds it, or shows it again."""
    if PublicIncident.objects.filter(incident_id=incident).exists():
        with transaction.atomic():
            changed()


def _ours(incident: str) -> IncidentRow | None:
    try:
        found = inside.row(TOCSIN, incident)
    except NotFound:
        return None
    return None if found.restricted or withheld(found.id) else found


def _open_for(incident: str) -> PublicIncident | None:
    rows = PublicIncident.objects.select_for_update().filter(incident_id=incident, resolved_at=None, retracted_at=None)
    return rows.first()


def _last_for(incident: str) -> PublicIncident | None:
    """The one that was just resolved: a last word may come after."""
    return PublicIncident.objects.filter(incident_id=incident, retracted_at=None).order_by("-started_at").first()
