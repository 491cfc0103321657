"""Who acts for this room itself, under whose key texts are sealed, and how an incident is named to lower rooms."""

from tocsin.domain.incidents.queries import IncidentRow
from tocsin.kernel.actor import Actor, system
from tocsin.kernel.subject import Subject

TOCSIN = system("knowledge")
"""Reads the whole of an incident for its report; who may see the report is asked before."""


def author(actor: Actor) -> str:
    """Under whose key a text is sealed: the person behind the actor, else the actor itself."""
    return actor.person or actor.id


def subject(row: IncidentRow) -> Subject:
    """The incident, for messages and pages."""
    return Subject("incident", row.id, row.reference, row.title, row.url, restricted=row.restricted)


def report_subject(report_id: str, row: IncidentRow) -> Subject:
    """The report, for the index."""
    return Subject(
        "report", report_id, row.reference, f"Report: {row.title}", f"{row.url}report/", restricted=row.restricted
    )
