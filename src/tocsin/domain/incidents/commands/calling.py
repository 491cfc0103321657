"""Asks lower rooms to call people for an incident. Hides what goes into a page, and what a restricted one omits."""

from collections.abc import Iterable
from typing import Any

from tocsin.domain.alerts.queries import GroupRow
from tocsin.domain.incidents.commands.loading import subject
from tocsin.domain.incidents.models import AffectedService, Incident, Member
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.rules.roles import role_words
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

_SAID = 1000
"""Of what is known so far, so many characters go into a page."""


def page(row: Incident, *, services: Iterable[str | None], severity: Severity | None = None, policy: str = "") -> None:
    """Page whoever is on call for each of the services, or the catch-all people when there is none.

    The same page again is no second page; a higher severity or a newly affected service is.
    """
    for service in list(services) or [None]:
        oncall.page(
            TOCSIN,
            subject=subject(row),
            severity=severity or Severity(row.severity),
            service_id=service,
            policy_id=policy or None,
            summary="" if row.restricted else row.summary[:_SAID],
            facts={} if row.restricted else page_facts(row),
            kind=row.kind,
        )


def page_group(
    row: Incident, group: GroupRow, services: Iterable[str | None], *, severity: Severity | None = None
) -> None:
    """Page for a group of alerts by its route, and by each further route that takes its alerts as well."""
    others = {service for service, _ in group.further if service and service != group.service_id}
    given = list(services)
    mine = [service for service in given if service not in others]
    if mine or not given:
        page(row, services=mine, severity=severity, policy=group.policy_id)
    for service, policy in group.further:
        if not given or policy or service in given:
            page(row, services=[service] if service else [], severity=severity, policy=policy)


def page_facts(row: Incident) -> dict[str, str]:
    """What a page says beside the title: the missing route, and why it is that size, in whoever's words decided it."""
    because = row.override_reason or "; ".join(reason["sentence"].rstrip(".") for reason in row.reasons)
    said = {"Why": because} if because else {}
    return {**said, **({"Route": row.unrouted} if row.unrouted else {})}


def words(row: Incident, actor: Actor, *, role: str = "", said: str = "") -> dict[str, Any]:
    """What a personal call says: the subject, how bad, who calls and as what; of a restricted incident no more."""
    part = f" as {role_words(role)}" if role else ""
    return {
        "subject": subject(row),
        "severity": row.severity,
        "reason": f"{actor.name} called you to {row.reference}{part}",
        "summary": "" if row.restricted else said or row.title,
    }


def stop(row: Incident, reason: str) -> None:
    """Nobody is called for it any more."""
    oncall.stop_paging(TOCSIN, subject=subject(row), reason=reason)


def over(row: Incident, reason: str, how: oncall.How, actor: Actor, *, into: str = "") -> None:
    """It is at its end: nobody is called any more, and who was called hears so, except who ended it and practice."""
    end = None if row.practice else oncall.Over(how, into or actor.name, frozenset({actor.person} - {""}))
    oncall.stop_paging(TOCSIN, subject=subject(row), reason=reason, over=end)


def renamed(row: Incident) -> None:
    """Pages and links name the incident as it is now: another title, restricted or released."""
    oncall.refresh_subject(TOCSIN, subject=subject(row), kind=row.kind)


def active(row: Incident) -> None:
    """Someone did something: who acknowledged is not asked again for a while."""
    oncall.note_activity(TOCSIN, subject_stream=subject(row).stream, at=now())


def let_in(row: Incident, people: Iterable[str]) -> None:
    """People called to a restricted incident may see it."""
    if row.restricted:
        Member.objects.bulk_create(
            [Member(incident=row, person_id=person, added_at=now()) for person in people], ignore_conflicts=True
        )


def service_ids(row: Incident) -> list[str]:
    """Ids of the services that it affects. One query."""
    rows = AffectedService.objects.filter(incident=row).order_by("id").values_list("service_id", flat=True)
    return [str(id_) for id_ in rows]
