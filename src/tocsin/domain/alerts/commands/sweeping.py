"""What happens because time passes: alerts run out, sources fall silent, silences begin and end, groups speak.

Each command does one bounded step and says how much it did, so that a worker can call it until nothing is left.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tocsin.core.log import Pending, append_many
from tocsin.core.work import enqueue, wake_engine
from tocsin.domain.alerts import events
from tocsin.domain.alerts.commands.accepting import accept
from tocsin.domain.alerts.commands.grouping import FLUSH, Book, Flush, Move
from tocsin.domain.alerts.commands.muting import Mutes
from tocsin.domain.alerts.commands.placing import Place, Switchboard, routing_labels
from tocsin.domain.alerts.commands.rows import save_alerts, take_over, view_of
from tocsin.domain.alerts.models import Alert, AlertGroup, InhibitionSide, IntakeMinute, Integration, SourceState
from tocsin.domain.alerts.own_signals import OwnSignal, own_signal
from tocsin.domain.alerts.permissions import ACCEPT
from tocsin.domain.alerts.ports import Accepted
from tocsin.domain.alerts.rules.lifecycle import AlertState, Outcome, SourceView, expire, silent_since
from tocsin.kernel.actor import Actor
from tocsin.kernel.clock import now

STEP = 500
INTAKE_KEPT = timedelta(days=8)
OPEN_STATES = (AlertState.FIRING.value, AlertState.ACKNOWLEDGED.value)
_SWEPT = (*OPEN_STATES, AlertState.STALE.value)


def expire_alerts(actor: Actor, *, listening_since: datetime) -> int:
    """End up to 500 alerts whose time ran out: resolved when their source still speaks, else stale."""
    actor.require(ACCEPT)
    at = now()
    with transaction.atomic():
        due = Alert.objects.select_for_update().filter(current=True, state__in=OPEN_STATES, expires_at__lte=at)
        alerts = list(due.order_by("key")[:STEP])
        if not alerts:
            return 0
        integrations = Integration.objects.in_bulk({a.integration_id for a in alerts})
        heard = dict(
            SourceState.objects.filter(integration__in=integrations).values_list("integration_id", "last_seen_at")
        )
        moves, mutes = [], Mutes(at)
        for alert in alerts:
            integration = integrations[alert.integration_id]
            source = SourceView(heard.get(integration.id), integration.every, listening_since)
            before = AlertState(alert.state)
            decision = expire(view_of(alert), source, at)
            if decision is None or decision.alert is None:
                continue
            take_over(alert, decision.alert)
            moves.append(Move(alert, before, decision.outcome))
        Book(actor, at, dict(integrations)).settle(moves)
        mutes.know((alert, routing_labels(alert, integrations[alert.integration_id])) for alert in alerts)
        save_alerts(alerts)
        mutes.save()
    return len(alerts)


def watch_sources(actor: Actor, *, listening_since: datetime) -> int:
    """Raise an alert for each source that missed two of its intervals, end it when the source speaks again.

    Events: SourceSilent, SourceHeard. Returns how many sources changed.
    """
    actor.require(ACCEPT)
    at = now()
    with transaction.atomic():
        states = SourceState.objects.select_for_update(of=("self",)).filter(
            Q(integration__every__isnull=False, integration__removed_at__isnull=True) | Q(silent_since__isnull=False)
        )
        changed: list[tuple[SourceState, Integration]] = []
        for state in states.select_related("integration").order_by("integration_id"):
            integration = state.integration
            every = None if integration.removed_at else integration.every
            since = silent_since(SourceView(state.last_seen_at, every, listening_since), at)
            if (since is None) != (state.silent_since is None):
                state.silent_since = since
                state.save(update_fields=["silent_since"])
                changed.append((state, integration))
        accept(actor, rows=[_silence_signal(state, integration) for state, integration in changed])
        append_many([_silence_event(actor, state, integration) for state, integration in changed])
        transaction.on_commit(wake_engine)
    return len(changed)


def forget_intake(actor: Actor) -> int:
    """Forget how many signals arrived more than eight days ago, at most 500 rows; returns how many."""
    actor.require(ACCEPT)
    old = IntakeMinute.objects.filter(at__lt=now() - INTAKE_KEPT).order_by("id").values_list("id", flat=True)
    return IntakeMinute.objects.filter(id__in=list(old[:STEP])).delete()[0]


def _silence_signal(state: SourceState, integration: Integration) -> Accepted:
    signal = OwnSignal(
        title=f"Nothing heard from {integration.name}",
        labels={"alertname": "SourceSilent", "source": integration.name},
        resolved=state.silent_since is None,
        annotations={
            "description": "It missed two of its intervals: alerts that it should send may not arrive. "
            "Check that it runs and reaches this address."
        },
    )
    return own_signal(str(integration.id), "source-silent", signal)


def _silence_event(actor: Actor, state: SourceState, integration: Integration) -> Pending:
    id_, name = str(integration.id), integration.name
    if state.silent_since is None:
        return Pending(f"integration:{id_}", events.SourceHeard(integration=id_, name=name), actor)
    silent = events.SourceSilent(integration=id_, name=name, since=state.silent_since)
    return Pending(f"integration:{id_}", silent, actor)


def flush_group(actor: Actor, *, group_id: str) -> None:
    """A group's timer rang: it says what gathered, or waits on when its time was moved. Events: see `Book`."""
    actor.require(ACCEPT)
    at = now()
    with transaction.atomic():
        group = AlertGroup.objects.select_for_update().filter(id=UUID(group_id)).first()
        if group is None or group.flush_at is None:
            return
        if group.flush_at > at:
            enqueue(FLUSH, Flush(group_id), key=group_id, due=group.flush_at)
            return
        integrations = Integration.objects.in_bulk([group.integration_id] if group.integration_id else [])
        Book(actor, at, dict(integrations)).flush(group)


def apply_mutes(actor: Actor, *, after: str = "") -> str:
    """Bring up to 500 open alerts in line with what is in force now, in order of id: silences, windows, inhibitions.

    One that is freed and was never told joins its group now; one that is muted before its group first spoke leaves it.
    Returns the last id, or '' when all are done.
    """
    actor.require(ACCEPT)
    rows = Alert.objects.filter(current=True, state__in=_SWEPT).order_by("id")
    if after:
        rows = rows.filter(id__gt=UUID(after))
    with transaction.atomic():
        ids = list(rows.values_list("id", flat=True)[:STEP])
        _bring_in_line(actor, ids)
    return str(ids[-1]) if len(ids) == STEP else ""


def look_again(actor: Actor, *, inhibition: str, equal: str, after: str = "") -> str:
    """The same for up to 500 targets of an inhibition that agree in their equal labels: a source came or went."""
    actor.require(ACCEPT)
    sides = InhibitionSide.objects.filter(inhibition_id=UUID(inhibition), equal=equal, is_target=True)
    if after:
        sides = sides.filter(alert_id__gt=UUID(after))
    with transaction.atomic():
        ids = list(sides.order_by("alert_id").values_list("alert_id", flat=True)[:STEP])
        _bring_in_line(actor, ids)
    return str(ids[-1]) if len(ids) == STEP else ""


def find_unjustly_told(actor: Actor) -> int:
    """Look again where an inhibition and its mark disagree: two engines folded source and target at one moment.

    Returns how many pairs of inhibition and equal labels. Two queries.
    """
    actor.require(ACCEPT)
    sources = InhibitionSide.objects.filter(
        inhibition=OuterRef("inhibition"), equal=OuterRef("equal"), is_source=True
    ).exclude(alert=OuterRef("alert"))
    targets = InhibitionSide.objects.filter(is_target=True, inhibition__enabled=True)
    loud = targets.filter(Exists(sources), is_source=False, alert__inhibited_by=[])
    held = targets.filter(~Exists(sources)).exclude(alert__inhibited_by=[])
    pairs = {
        (str(inhibition), equal)
        for found in (loud, held)
        for inhibition, equal in found.values_list("inhibition_id", "equal")[:STEP]
    }
    with transaction.atomic():
        Mutes.look_again(pairs, now())
    return len(pairs)


def _bring_in_line(actor: Actor, ids: Sequence[UUID]) -> None:
    at = now()
    alerts = list(Alert.objects.select_for_update().filter(id__in=ids, current=True).order_by("key"))
    integrations = Integration.objects.in_bulk({a.integration_id for a in alerts})
    mutes, switchboard = Mutes(at), Switchboard()
    labels = {alert.id: routing_labels(alert, integrations[alert.integration_id]) for alert in alerts}
    mutes.know((alert, labels[alert.id]) for alert in alerts)
    moves, changed = [], []
    for alert in alerts:
        place = switchboard.place(alert, integrations[alert.integration_id], labels[alert.id])
        was_muted = alert.muted
        muted = mutes.over(alert, labels[alert.id], place.services)
        differs = muted.mark(alert)
        move = _withdrawn(alert) if muted else _freed(alert, place) if was_muted else None
        if move is not None:
            moves.append(move)
        if differs or move is not None:
            changed.append(alert)
    Book(actor, at, dict(integrations)).settle(moves)
    save_alerts(changed)
    mutes.save()


def _withdrawn(alert: Alert) -> Move | None:
    if alert.group_id is None or alert.state not in OPEN_STATES:
        return None
    return Move(alert, AlertState(alert.state), Outcome.REFRESHED, withdraws=True)


def _freed(alert: Alert, place: Place) -> Move | None:
    """It is told as if it had just opened; one told before speaks only if it has become worse since."""
    if alert.state != AlertState.FIRING:
        return None
    if alert.group_id is None:
        return Move(alert, None, Outcome.OPENED, place)
    return Move(alert, AlertState.FIRING, Outcome.RAISED, place)
