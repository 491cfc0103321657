"""Takes the demo out of the house again. The log keeps that it was there, as it keeps everything."""

from collections.abc import Iterable
from contextlib import suppress

import yaml
from django.db import transaction

from tocsin.cli.demo.alarms import NOTE, NOTE_NAME
from tocsin.cli.demo.loading import DEMO, DOMAIN, text
from tocsin.cli.demo.story import MARK
from tocsin.cli.demo.telling import take_down
from tocsin.cli.demo.watching import stop_watching
from tocsin.cli.organisation import take_out
from tocsin.domain.accounts import commands as accounts
from tocsin.domain.accounts import queries as people
from tocsin.domain.alerts import commands as alerts
from tocsin.domain.alerts import queries as alert_queries
from tocsin.domain.incidents import commands as incidents
from tocsin.domain.incidents.queries import IncidentFilters, incident_of_group
from tocsin.domain.incidents.queries import incident as incident_of
from tocsin.domain.incidents.queries import incidents as list_incidents
from tocsin.domain.knowledge import commands as knowledge
from tocsin.domain.oncall import commands as oncall
from tocsin.kernel.errors import Conflict, Refused

_SECTIONS = {
    "teams": "team",
    "services": "service",
    "schedules": "schedule",
    "policies": "escalation policy",
    "routes": "route",
    "integrations": "integration",
    "checks": "check",
}
_MANY = {"person": "people", "escalation policy": "escalation policies"}
_OVER = ("closed", "dismissed", "merged")


def remove() -> list[str]:
    """Remove the demo's incidents and what tells of them, deactivate its people; what had to stay, a sentence each.

    Only what the demo brought: things of one's own that use its services or people keep those alive.
    """
    stayed: list[str] = []
    with transaction.atomic():
        ours = demo_incidents()
        stayed += take_down(ours)
        stop_watching()
        stayed += _remove_incidents(ours)
        oncall.remove_unreal(DEMO, kind="incident", ids=ours)
        alerts.remove_unreal(DEMO, name=NOTE_NAME, value=NOTE)
        _leave_the_organisation()
        stayed += take_out(DEMO, text())
    return stayed


def what_goes() -> list[str]:
    """What `remove` takes away, counted: '10 incidents with their alerts and reports', '9 services'."""
    brought = yaml.safe_load(text())
    here = sum(1 for p in people.people(DEMO, active_only=True) if p.email.endswith(DOMAIN))
    told = list_incidents(DEMO, IncidentFilters(text="demo organisation"), size=1).total
    counts = [(told + len(_raised()), "incident"), (here, "person")]
    counts += [(len(brought.get(section, ())), word) for section, word in _SECTIONS.items()]
    tails = {"incident": " with their alerts, updates and reports", "person": ", who can no longer sign in"}
    return [f"{n} {word if n == 1 else _MANY.get(word, f'{word}s')}{tails.get(word, '')}" for n, word in counts if n]


def _leave_the_organisation() -> None:
    view = people.organisation()
    ours = {p.id for p in people.people(DEMO) if p.email.endswith(DOMAIN)}
    catch_all = [id_ for id_ in view.catch_all_ids if id_ not in ours]
    name = "Our organisation" if view.name == "Harbour Market" else None
    accounts.change_organisation(DEMO, name=name, catch_all=catch_all)


def _remove_incidents(ids: Iterable[str]) -> list[str]:
    stayed = []
    for id_ in ids:
        try:
            knowledge.remove_unreal(DEMO, incident=id_)
            incidents.remove_unreal(DEMO, incident=id_, reason="The demo was removed.")
        except Refused as refusal:
            stayed.append(f"incidents: {refusal.sentence}")
            with suppress(Refused):
                _close(id_)
    return stayed


def _close(id_: str) -> None:
    """End what something of one's own still names."""
    view = incident_of(DEMO, id_)
    if view.services:
        incidents.change(DEMO, incident=id_, services=[])
    if view.state in ("detected", "triaged"):
        incidents.dismiss(DEMO, incident=id_, reason="The demo was removed.")
        return
    if view.state not in ("resolved", *_OVER):
        incidents.resolve(DEMO, incident=id_, note="The demo was removed.", reason="It never happened.")
    with suppress(Conflict):
        incidents.mark_reviewed(DEMO, incident=id_)
    if view.state not in _OVER:
        incidents.close(DEMO, incident=id_, reason="The demo was removed.")


def demo_incidents() -> list[str]:
    """Those that were declared carry a sentence in their summary; those that alerts made, the demo's alerts."""
    ours = _raised()
    found, page, pages = list(ours), 1, 1
    while page <= pages:
        listed = list_incidents(DEMO, IncidentFilters(text="demo organisation"), page=page, size=200)
        found += [row.id for row in listed.rows]
        page, pages = page + 1, listed.pages
    return [id_ for id_ in dict.fromkeys(found) if id_ in ours or incident_of(DEMO, id_).summary.endswith(MARK)]


def _raised() -> dict[str, None]:
    """Ids of the incidents that the demo's alerts made, once each."""
    groups = alert_queries.groups_noted(DEMO, name=NOTE_NAME, value=NOTE)
    found = (incident_of_group(DEMO, group) for group in groups)
    return dict.fromkeys(row.id for row in found if row is not None)
