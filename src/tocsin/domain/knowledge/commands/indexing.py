"""Keeps the index in line with who may see an incident. Called by reactions only."""

from tocsin.domain.knowledge.commands.loading import put_in_index
from tocsin.domain.knowledge.models import Report


def renew(incident_id: str) -> None:
    """Index the incident's report as it is now, if it has one."""
    report = Report.objects.filter(incident_id=incident_id).exclude(known="").first()
    if report is not None:
        put_in_index(report)
