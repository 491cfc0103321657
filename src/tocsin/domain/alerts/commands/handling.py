"""What people do with alerts by hand: acknowledge, resolve, say which service it is about."""

from uuid import UUID

from django.db import transaction

from tocsin.core.log import append
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.grouping import Book, Move
from tocsin.domain.alerts.commands.muting import Mutes
from tocsin.domain.alerts.commands.placing import routing_labels
from tocsin.domain.alerts.commands.rows import save_alerts, take_over, view_of
from tocsin.domain.alerts.models import Alert, AlertGroup, Integration
from tocsin.domain.alerts.permissions import HANDLE
from tocsin.domain.alerts.ports import hidden_groups
from tocsin.domain.alerts.rules.lifecycle import AlertState, Outcome, Signal, SignalKind, decide
from tocsin.domain.catalog import queries as catalog
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid, NotFound


def acknowledge_alert(actor: Actor, *, alert_id: str) -> None:
    """Somebody knows of the alert. Event: Acknowledged, when it is in a group. Again, or too late: nothing."""
    _say(actor, alert_id, SignalKind.ACKNOWLEDGE, reason="")


def resolve_alert(actor: Actor, *, alert_id: str, reason: str) -> None:
    """Resolve an alert by hand, such as a stale one. Events: ResolvedByHand, GroupQuiet. Raises `Invalid`.

    If its source says again that it fires, it is open again.
    """
    if not reason.strip():
        raise Invalid("reason: say why it is over, as its source did not.", field="reason")
    _say(actor, alert_id, SignalKind.RESOLVE, reason=reason.strip())


def assign_group_service(actor: Actor, *, group_id: str, service: str) -> None:
    """Say which service a group (and the alerts in it) is about. Event: GroupAssigned. Raises `NotFound`."""
    actor.require(HANDLE)
    found = catalog.service(actor, service)
    with transaction.atomic():
        group = _group(actor, group_id)
        group.service_id = UUID(found.id)
        group.services = sorted({*group.services, found.id})
        group.save(update_fields=["service", "services"])
        Alert.objects.filter(group=group).update(service_id=group.service_id)
        assigned = events.GroupAssigned(group=str(group.id), service_id=found.id, service=found.name)
        append(f"alert_group:{group.id}", assigned, actor)


def _say(actor: Actor, alert_id: str, kind: SignalKind, *, reason: str) -> None:
    actor.require(HANDLE)
    at = now()
    with transaction.atomic():
        alert = _alert(actor, alert_id)
        before = AlertState(alert.state)
        decision = decide(view_of(alert), Signal(kind, received_at=at), at)
        if decision.outcome is Outcome.DROPPED or decision.alert is None:
            return
        take_over(alert, decision.alert)
        integrations = Integration.objects.in_bulk([alert.integration_id])
        book, mutes = Book(actor, at, dict(integrations)), Mutes(at)
        mutes.know([(alert, routing_labels(alert, integrations[alert.integration_id]))])
        if alert.group_id is not None:
            book.say(alert.group_id, _event(alert, kind, reason))
        book.settle([Move(alert, before, decision.outcome)])
        save_alerts([alert])
        mutes.save()


def _event(alert: Alert, kind: SignalKind, reason: str) -> events.Acknowledged | events.ResolvedByHand:
    group, id_ = str(alert.group_id), str(alert.id)
    if kind is SignalKind.ACKNOWLEDGE:
        return events.Acknowledged(group=group, alert=id_, title=alert.title)
    return events.ResolvedByHand(group=group, alert=id_, title=alert.title, reason=reason)


def _alert(actor: Actor, alert_id: str) -> Alert:
    try:
        alert = Alert.objects.select_for_update().filter(id=UUID(alert_id)).first()
    except ValueError:
        alert = None
    if alert is None or str(alert.group_id) in hidden_groups(actor):
        raise NotFound("There is no such alert.")
    return alert


def _group(actor: Actor, group_id: str) -> AlertGroup:
    try:
        group = AlertGroup.objects.select_for_update().filter(id=UUID(group_id)).first()
    except ValueError:
        group = None
    if group is None or str(group.id) in hidden_groups(actor):
        raise NotFound("There is no such group of alerts.")
    return group
