"""What the signals say about an incident now, asked of the rooms below and judged by the rules.

Hides where alerts and checks are found. Reads only; decides nothing.
"""

from collections.abc import Iterable

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import AlertFilter, AlertRow
from tocsin.domain.alerts.views import OPEN_STATES
from tocsin.domain.catalog import queries as catalog
from tocsin.domain.catalog.rules.graph import reach, reversed_graph
from tocsin.domain.incidents.models import AffectedService, Incident, IncidentGroup
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.ports import Asked, facts_told
from tocsin.domain.incidents.rules.prefilling import Seen, SeenAlert, SeenService
from tocsin.domain.incidents.rules.states import Kind
from tocsin.domain.incidents.rules.validating import Gate, Probe, Signal, alerts_gate, checks_gate
from tocsin.domain.monitoring import queries as monitoring
from tocsin.domain.oncall.rules.urgency import Severity

_MOST = 200


def gates_of(row: Incident) -> list[Gate]:
    """The gates of the incident as they stand now. Five queries, and one for each affected service."""
    services = [str(id_) for id_ in AffectedService.objects.filter(incident=row).values_list("service_id", flat=True)]
    links = list(IncidentGroup.objects.filter(incident=row, current=True))
    return [alerts_gate(_signals(links, services)), checks_gate(_probes(services))]


def seen_of(row: Incident) -> Seen:
    """What alerts, catalogue and the incident itself say, for a first assessment. Four queries."""
    links = IncidentGroup.objects.filter(incident=row, current=True).order_by("starts_at")
    affected = {str(i) for i in AffectedService.objects.filter(incident=row).values_list("service_id", flat=True)}
    return Seen(
        kind=Kind(row.kind),
        alerts=tuple(SeenAlert(link.title, Severity(link.severity), link.quiet_at is not None) for link in links),
        services=tuple(_reached(affected)),
        visible_to_users=row.visible_to_users,
        told=facts_told(Asked(str(row.id), tuple(sorted(affected)))),
    )


def _reached(affected: set[str]) -> Iterable[SeenService]:
    """The affected services, and those that need one of them, directly or through others."""
    picture = catalog.graph(TOCSIN)
    known = {service.id: service for service in picture.services}
    needs: dict[str, list[str]] = {}
    for down, up in picture.edges:
        needs.setdefault(down, []).append(up)
    back = reversed_graph(needs)
    through = {id_: known[own].name for own in affected if own in known for id_ in reach(back, own)}
    for id_ in affected & set(known):
        yield SeenService(known[id_].name, known[id_].tier)
    for id_, name in through.items():
        if id_ in known and id_ not in affected:
            yield SeenService(known[id_].name, known[id_].tier, name)


def _signals(links: list[IncidentGroup], services: list[str]) -> list[Signal]:
    """Alerts of its groups, and those of its services or sources that are kept from being heard.

    What a silence or an inhibition holds back never enters a group, but it fires all the same.
    """
    ids = tuple(str(link.group_id) for link in links)
    found: dict[str, AlertRow] = {}
    if ids:
        found |= {a.id: a for a in _asked(AlertFilter(group_ids=ids, limit=_MOST))}
        found |= {a.id: a for a in _asked(AlertFilter(states=("resolved",), group_ids=ids, limit=_MOST))}
    for service in services:
        found |= {a.id: a for a in _asked(AlertFilter(service_id=service, muted=True, limit=_MOST))}
    for source in {link.integration_id for link in links if not link.service_id and link.integration_id}:
        loose = _asked(AlertFilter(integration_id=source, muted=True, limit=_MOST))
        found |= {a.id: a for a in loose if not a.service_id}
    known = {a.group_id for a in found.values()}
    # Alert rows are pruned long before incidents: then what the group said last is what there is.
    pruned = [_last_word(link) for link in links if str(link.group_id) not in known]
    return [
        *(Signal(a.title, a.state, _held_back(a) if a.state in OPEN_STATES else "") for a in found.values()),
        *pruned,
    ]


def _asked(wanted: AlertFilter) -> Iterable[AlertRow]:
    return alerts.alerts(TOCSIN, wanted).alerts


def _held_back(alert: AlertRow) -> str:
    for ids, words in (
        (alert.silenced_by, "silenced"),
        (alert.inhibited_by, "inhibited"),
        (alert.maintained_by, "under maintenance"),
    ):
        if ids:
            return words
    return ""


def _last_word(link: IncidentGroup) -> Signal:
    state = "resolved" if link.quiet_at else "stale" if link.stale_at else "firing"
    return Signal(link.title, state)


def _probes(services: list[str]) -> list[Probe]:
    found = monitoring.checks(TOCSIN, services) if services else []
    return [Probe(check.name, "paused" if check.paused else check.state, check.answer) for check in found]
