"""Removes what a drill made, each thing by its own room's command, and goes on when one of them refuses.

Looks for things by what was written down and by the marks they carry, so that nothing made a moment before a crash
is forgotten. The incident stays, closed: the log is never cut.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import transaction

from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts.queries import organisation, people
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as sources
from tocsin.domain.catalog import commands as catalog
from tocsin.domain.catalog.queries import services
from tocsin.domain.delivery import commands as delivery
from tocsin.domain.delivery.queries import destinations
from tocsin.domain.drill.rules import PRACTICE_DOMAIN
from tocsin.domain.drill.snapshots import DrillView
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import incident, open_incidents
from tocsin.domain.monitoring import commands as monitoring
from tocsin.domain.monitoring import queries as monitoring_queries
from tocsin.domain.oncall import commands as oncall
from tocsin.domain.oncall.queries import policies
from tocsin.domain.statuspage import commands as statuspage
from tocsin.domain.statuspage import queries as outside
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Conflict, NotFound, Refused

DRILL = system("drill")
FOLDER = "tocsin-drill-"
"""How the shop's folder among the temporary files begins."""
NAME = "Drill"
"""Every service, policy and source of a drill is named `Drill: …`, and its short name begins with `drill-`."""
_OVER = ("closed", "dismissed", "merged")
_WHY = "The drill is over."


def tidy(drill: DrillView) -> list[str]:
    """Remove everything; sentences about what had to stay."""
    left: list[str] = []
    _stop_processes(drill)
    with suppress(NotFound):
        _settle_incidents(drill, left)
    if drill.made.get("page"):
        _take_page_down(drill, left)
    for integration in sources.integrations(DRILL):
        if integration.name.startswith(f"{NAME}: "):
            _try(left, alerts.remove_integration, integration_id=integration.id)
    ours = [service for service in services(DRILL) if service.slug.startswith("drill-")]
    for check in monitoring_queries.checks(DRILL, [service.id for service in ours]):
        _try(left, monitoring.remove_check, check_id=check.id)
    for service in ours:
        _try(left, oncall.set_service_policy, service_id=service.id, policy_id=None)
        _try(left, catalog.remove_service, service_id=service.id)
    for policy in policies(DRILL):
        if policy.name.startswith(f"{NAME}: "):
            _try(left, oncall.remove_policy, policy_id=policy.id)
    for person in people(DRILL, active_only=True):
        if person.email.endswith(PRACTICE_DOMAIN):
            for destination in destinations(DRILL, person.id):
                _try(left, delivery.remove_destination, destination_id=destination.id)
            _try(left, accounts.deactivate_person, person_id=person.id)
    return left


def _try(left: list[str], command: Callable[..., Any], **what: Any) -> None:
    try:
        with transaction.atomic():
            command(DRILL, **what)
    except NotFound:
        return
    except Refused as refusal:
        left.append(refusal.sentence)


def _take_page_down(drill: DrillView, left: list[str]) -> None:
    """The status page was made for the drill: nothing of it stays to be read."""
    for public in outside.incidents(DRILL):
        if drill.incident and public.inside == drill.incident and public.retracted_at is None:
            _try(left, statuspage.retract_incident, public_incident_id=public.id, reason=_WHY)
    for component in outside.components(DRILL):
        if component.name.startswith(f"{NAME}: "):
            _try(left, statuspage.remove_component, component_id=component.id)
    _try(left, statuspage.save_page, name=organisation().name[:80], published=False)


def _settle_incidents(drill: DrillView, left: list[str]) -> None:
    """Close whatever incident is about the drill's service, and take the service out of it."""
    ours = {service.id for service in services(DRILL) if service.slug.startswith("drill-")}
    found = {row.id for row in open_incidents(DRILL) if ours & {s.id for s in row.services}}
    if drill.incident:
        found.add(drill.incident)
    for id_ in found:
        view = incident(DRILL, id_)
        left_over = [service.id for service in view.services if service.id not in ours]
        if view.state in ("detected", "triaged"):
            _try(left, incidents.dismiss, incident=id_, reason=_WHY)
        elif view.state not in ("resolved", *_OVER):
            _try(left, incidents.resolve, incident=id_, note=_WHY, reason=_WHY)
        with suppress(Conflict):
            incidents.mark_reviewed(DRILL, incident=id_)
        if incident(DRILL, id_).state == "resolved":
            _try(left, incidents.close, incident=id_, reason=_WHY)
        if len(left_over) != len(view.services):
            _try(left, incidents.change, incident=id_, services=left_over)


def _stop_processes(drill: DrillView) -> None:
    """End what the player left running, if this is its machine and the number still means it; drop its files."""
    for pid in drill.made.get("processes", ()):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"tocsin.cli.drill" in line and os.getpid() != pid:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    folder = Path(drill.made.get("folder") or "/")
    if folder.name.startswith(FOLDER) and folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)
