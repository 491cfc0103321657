"""Tells single people something about an incident by their first contact method, without waking them."""

from collections.abc import Iterable

from django.conf import settings

from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import Written
from tocsin.domain.incidents.commands.loading import subject
from tocsin.domain.incidents.models import Incident
from tocsin.domain.incidents.naming import TOCSIN


def tell(row: Incident, people: Iterable[str], message: Written, *, purpose: str, key: str) -> list[str]:
    """Send the message once to each person; returns those who have a verified contact method. Idempotent by `key`."""
    told = []
    for person in people:
        for destination in destinations.destination_ids_for(person, urgent=False)[:1]:
            delivery.send(
                TOCSIN,
                destination_id=destination,
                message=message,
                subject=subject(row),
                purpose=f"incident.{purpose}",
                key=f"{key}:{person}",
            )
            told.append(person)
    return told


def address(row: Incident, screen: str = "") -> str:
    """Absolute address of the incident, or of one of its screens."""
    return f"{settings.PUBLIC_URL}{row.url}{screen}"
