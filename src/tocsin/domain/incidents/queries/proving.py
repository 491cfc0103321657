"""Whether the fix of an incident holds: the gates as they stand now, the validations so far, the linked changes."""

from datetime import timedelta

from tocsin.domain.alerts import queries as alerts
from tocsin.domain.alerts.queries import ChangeView
from tocsin.domain.incidents.evidence import gates_of
from tocsin.domain.incidents.models import LinkedChange, Validation
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.incidents.proven import people_of, validation_view
from tocsin.domain.incidents.queries.picturing import change_view, services_of
from tocsin.domain.incidents.queries.single import Ref, load
from tocsin.domain.incidents.rules.validating import passed
from tocsin.domain.incidents.views import GateView, LinkedChangeView, ValidationView
from tocsin.kernel.actor import Actor

LOOK_BACK = timedelta(hours=24)


def gates_now(actor: Actor, ref_or_id: Ref) -> tuple[bool, tuple[GateView, ...]]:
    """Whether a validation would pass at this moment, and its gates; nothing is kept."""
    gates = gates_of(load(actor, ref_or_id))
    return passed(gates), tuple(GateView(g.key, g.label, g.state.value, g.facts) for g in gates)


def validations(actor: Actor, ref_or_id: Ref, limit: int = 20) -> list[ValidationView]:
    """Every 'Validate Fix' of the incident, newest first. Four queries."""
    row = load(actor, ref_or_id)
    runs = list(Validation.objects.filter(incident=row).order_by("-at", "-id")[:limit])
    people = people_of(run.by_id for run in runs)
    return [validation_view(run, people, row.bad_signal_at) for run in runs]


def linked_changes(actor: Actor, ref_or_id: Ref) -> list[LinkedChangeView]:
    """Changes that people linked to the incident, newest first. Four queries."""
    row = load(actor, ref_or_id)
    links = list(LinkedChange.objects.filter(incident=row).order_by("-happened_at", "-id"))
    people = people_of(link.linked_by_id for link in links)
    return [change_view(link, people) for link in links]


def suspect_changes(actor: Actor, ref_or_id: Ref, limit: int = 30) -> list[ChangeView]:
    """What was changed from a day before the alarm on and is not linked yet, those of its services first."""
    row = load(actor, ref_or_id)
    linked = {str(id_) for id_ in LinkedChange.objects.filter(incident=row).values_list("change_id", flat=True)}
    own = {ref.id for ref in services_of([row])[row.id]}
    found = alerts.changes(TOCSIN, since=row.alarm_at - LOOK_BACK, limit=200)
    fresh = [change for change in found if change.id not in linked]
    return sorted(fresh, key=lambda change: change.service_id not in own)[:limit]
