"""What happens when a legal clock is at risk or over: who owes it is told, and the log says so. By workers only."""

from typing import Any

from django.conf import settings
from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.accounts import queries as accounts
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery import queries as destinations
from tocsin.domain.delivery.ports import Message, Reader, message_about
from tocsin.domain.incidents import queries as incidents
from tocsin.domain.incidents.queries import IncidentView
from tocsin.domain.incidents.rules.roles import RoleName
from tocsin.domain.obligations.commands.filing import book_of, calls_for
from tocsin.domain.obligations.events import AtRisk, Breached
from tocsin.domain.obligations.models import LegalFile, Obligation
from tocsin.domain.obligations.naming import TOCSIN
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.clock import now
from tocsin.kernel.subject import Subject

_OWNERS = (RoleName.SECURITY, RoleName.COMMANDER, RoleName.LIAISON)


def at_risk(obligation_id: str) -> None:
    """Remind who owes it by their first contact method, once. Event `obligations.at_risk`."""
    with transaction.atomic():
        found = _open(obligation_id)
        if found is None or found[0].reminded_at is not None:
            return
        row, file = found
        if row.due_at is not None and row.due_at <= now():
            return
        row.reminded_at = now()
        row.save(update_fields=["reminded_at"])
        seen = incidents.incident(TOCSIN, str(file.incident_id))
        words, to = _words(row, file)
        told = _tell(seen, row, words, _owners(seen)[:1])
        append(f"incident:{seen.id}", AtRisk(**_facts(row, words, to, told)), TOCSIN)


def breached(obligation_id: str) -> None:
    """Call who owes it and the commander; without any, catch-all people. Event `obligations.breached`.

    The answer of one of them is enough, and nobody is called any more once it is submitted, moved or not owed.
    """
    with transaction.atomic():
        found = _open(obligation_id)
        if found is None or found[0].breached_at is not None or found[0].due_at is None or found[0].due_at > now():
            return
        row, file = found
        row.breached_at = now()
        row.save(update_fields=["breached_at"])
        seen = incidents.incident(TOCSIN, str(file.incident_id))
        words, to = _words(row, file)
        people = _owners(seen) or accounts.catch_all_ids()
        if people:
            oncall.page_people(
                TOCSIN,
                subject=_subject(seen),
                people=people,
                severity=seen.severity,
                reason=f"{seen.reference}: {words} is overdue",
                summary="" if seen.restricted else seen.title,
                shared=calls_for(row),
            )
        append(f"incident:{seen.id}", Breached(**_facts(row, words, to, people)), TOCSIN)


def _open(id_: str) -> tuple[Obligation, LegalFile] | None:
    """The duty and its locked file, while it is owed and not held."""
    known = Obligation.objects.filter(id=id_).first()
    if known is None:
        return None
    file = LegalFile.objects.select_for_update().get(id=known.file_id)
    row = Obligation.objects.filter(id=id_, met_at=None, why_not="").first()
    if row is None or (row.held_until is not None and row.held_until > now()):
        return None
    return row, file


def _words(row: Obligation, file: LegalFile) -> tuple[str, str]:
    regime = book_of(file.edition).regime(row.regime)
    clock = regime.clock(row.clock) if regime else None
    return (f"{regime.name}, {clock.owed}", clock.to) if regime and clock else (row.clock, "")


def _owners(seen: IncidentView) -> list[str]:
    """The Security Lead, the commander, the liaison: those who are there and active; else who acknowledged."""
    held = {role.role: role.person.id for role in seen.roles if role.accepted}
    wanted = [held[role.value] for role in _OWNERS if role.value in held]
    active = {person.id for person in accounts.people(TOCSIN, wanted, active_only=True)} if wanted else set()
    return [person for person in dict.fromkeys(wanted) if person in active]


def _subject(seen: IncidentView) -> Subject:
    return Subject("incident", seen.id, seen.reference, seen.title, seen.url, restricted=seen.restricted)


def _tell(seen: IncidentView, row: Obligation, words: str, people: list[str]) -> list[str]:
    at, due = now(), row.due_at

    def message(reader: Reader) -> Message:
        when = f"due at {reader.when(due, at)}" if due else "owed at once"
        return message_about(
            _subject(seen),
            title=f"{seen.reference}: {words} is {'at risk' if due else 'owed at once'}",
            text=f"{words} of {seen.reference} is {when}. Record it as submitted once it is.\n{seen.title}",
            severity=seen.severity,
            url=f"{settings.PUBLIC_URL}{seen.url}legal-clocks/",
            action="Open",
        )

    told, end = [], int(row.due_at.timestamp()) if row.due_at else 0
    for person in people:
        for destination in destinations.destination_ids_for(person, urgent=False)[:1]:
            delivery.send(
                TOCSIN,
                destination_id=destination,
                message=message,
                subject=_subject(seen),
                purpose="incident.legal_clock",
                key=f"legal-clock:{row.id}:{end}:{person}",
            )
            told.append(person)
    return told


def _facts(row: Obligation, words: str, to: str, people: list[str]) -> dict[str, Any]:
    names = {person.id: person.name for person in accounts.people(TOCSIN, people)} if people else {}
    return {
        "obligation": str(row.id),
        "words": words,
        "to": to,
        "due_at": row.due_at,
        "people": tuple(people),
        "names": tuple(names[id_] for id_ in people if id_ in names),
    }
