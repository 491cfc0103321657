"""Takes away what the sections of a file leave out, when that is asked for. People are never removed: they are
deactivated with `active: false`, for the record keeps their names.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from tocsin.cli.organisation.differing import Change
from tocsin.cli.organisation.document import Document
from tocsin.cli.organisation.reading import Problems
from tocsin.cli.organisation.standing import Standing, keys
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.monitoring import commands as monitoring
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.triage import commands as triage
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Refused


def remove(actor: Actor, wanted: Document, now: Standing, problems: Problems) -> list[Change]:
    """Remove what is in no section that the file has; a section that is empty or missing removes nothing."""
    changes: list[Change] = []
    for section, one, listed, act in _sections(actor, wanted):
        if not listed:
            continue
        for name, id_ in now.ids[section].items():
            if name in listed:
                continue
            try:
                with transaction.atomic():
                    act(id_)
            except Refused as refusal:
                problems.refused(f"{section}: removing '{name}'", refusal)
            else:
                changes.append(Change("-", f"{one} {name}"))
    return changes


def _sections(actor: Actor, wanted: Document) -> list[tuple[str, str, set[str], Callable[[str], Any]]]:
    """In an order in which nothing removed is still needed."""
    return [*_answering(actor, wanted), *_watching(actor, wanted)]


def _answering(actor: Actor, wanted: Document) -> list[tuple[str, str, set[str], Callable[[str], Any]]]:
    """What people are reached by and what they do."""
    return [
        (
            "channels",
            "channel",
            {c.name for c in wanted.channels},
            lambda id_: delivery.remove_channel(actor, name=id_),
        ),
        (
            "task_lists",
            "task list",
            {t.name for t in wanted.task_lists},
            lambda id_: incidents.remove_task_template(actor, template=id_),
        ),
        (
            "incident_templates",
            "incident template",
            {t.name for t in wanted.incident_templates},
            lambda id_: triage.remove_template(actor, template_id=id_),
        ),
    ]


def _watching(actor: Actor, wanted: Document) -> list[tuple[str, str, set[str], Callable[[str], Any]]]:
    """What is watched, and who is called for it."""
    return [
        (
            "checks",
            "check",
            {c.name for c in wanted.checks},
            lambda id_: monitoring.remove_check(actor, check_id=id_),
        ),
        (
            "integrations",
            "integration",
            set(keys([i.name for i in wanted.integrations])),
            lambda id_: alerts.remove_integration(actor, integration_id=id_),
        ),
        (
            "routes",
            "route",
            set(keys([r.name for r in wanted.routes])),
            lambda id_: alerts.remove_route(actor, route_id=id_),
        ),
        (
            "services",
            "service",
            {s.slug for s in wanted.services},
            lambda id_: catalog.remove_service(actor, service_id=id_),
        ),
        (
            "policies",
            "policy",
            {p.name for p in wanted.policies},
            lambda id_: oncall.remove_policy(actor, policy_id=id_),
        ),
        (
            "schedules",
            "schedule",
            {s.name for s in wanted.schedules},
            lambda id_: oncall.remove_schedule(actor, schedule_id=id_),
        ),
        ("teams", "team", {t.slug for t in wanted.teams}, lambda id_: accounts.remove_team(actor, team_id=id_)),
    ]
