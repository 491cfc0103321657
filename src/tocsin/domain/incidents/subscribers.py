"""What alerts and answers to pages do to incidents. Each reaction loads what is true now and reconciles."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.accounts import events as accounts
from tocsin.domain.alerts import events as alerts
from tocsin.domain.alerts.queries import GroupRow, groups
from tocsin.domain.catalog.queries import service_names
from tocsin.domain.incidents.commands import alerting, answering, engaging
from tocsin.domain.incidents.events import Closed, Dismissed, Merged, Resolved
from tocsin.domain.incidents.naming import TOCSIN
from tocsin.domain.oncall import events as oncall


@reaction(
    alerts.GroupOpened,
    alerts.GroupGrew,
    alerts.SeverityRaised,
    alerts.GroupReopened,
    name="incidents.alerts_spoke",
)
def alerts_spoke(recorded: Recorded[Any]) -> None:
    """A group of alerts belongs to an active incident from now on."""
    group = _group(recorded.subject_id)
    if group is not None:
        alerting.group_spoke(group, _services(group), at=recorded.occurred_at)


@reaction(alerts.GroupQuiet, alerts.GroupStale, name="incidents.alerts_settled")
def alerts_settled(recorded: Recorded[Any]) -> None:
    """Nothing fires any more: noted, never resolved by itself."""
    group = _group(recorded.subject_id)
    if group is not None and group.state != "open":
        alerting.group_settled(group)


@reaction(alerts.Acknowledged, name="incidents.alert_acknowledged")
def alert_acknowledged(recorded: Recorded[alerts.Acknowledged]) -> None:
    """An alert is known, to a person or to the tool that sent it: when all that fire are, paging stops."""
    group = _group(recorded.subject_id)
    if group is not None:
        answering.alerts_known(group, by=recorded.actor_id)


@reaction(oncall.Acknowledged, name="incidents.acknowledged")
def acknowledged(recorded: Recorded[oncall.Acknowledged]) -> None:
    """Someone took it, from a link or from anywhere else."""
    if recorded.stream.startswith("incident:"):
        event = recorded.event
        answering.acknowledged(
            recorded.subject_id,
            person=event.person,
            name=event.person_name,
            at=recorded.occurred_at,
            joined=event.joined,
        )


@reaction(oncall.AcknowledgementUndone, name="incidents.acknowledgement_undone")
def acknowledgement_undone(recorded: Recorded[oncall.AcknowledgementUndone]) -> None:
    """Nobody is on it after all."""
    if recorded.stream.startswith("incident:"):
        answering.undone(recorded.subject_id, person=recorded.event.person, name=recorded.event.person_name)


@reaction(oncall.Paged, name="incidents.paged")
def paged(recorded: Recorded[oncall.Paged]) -> None:
    """Whoever is called to a restricted incident may see it."""
    if recorded.stream.startswith("incident:"):
        answering.paged(recorded.subject_id, person=recorded.event.person, name=recorded.event.person_name)


@reaction(Resolved, Closed, Dismissed, Merged, name="incidents.team_over")
def team_over(recorded: Recorded[Any]) -> None:
    """It has ended, and with it the work of everybody on it."""
    engaging.over(recorded.subject_id)


@reaction(accounts.PersonDeactivated, name="incidents.person_left")
def person_left(recorded: Recorded[accounts.PersonDeactivated]) -> None:
    """Someone can no longer sign in: their roles are free, and they are called no more."""
    answering.left(recorded.event.person, name=recorded.event.name)


def _group(id_: str) -> GroupRow | None:
    found = groups(TOCSIN, [id_])
    return found[0] if found else None


def _services(group: GroupRow) -> dict[str, str]:
    """Names by id of the services that the alerts are about, those still in the catalogue."""
    wanted = [id_ for id_ in dict.fromkeys([group.service_id or "", *group.services]) if id_]
    names = service_names(TOCSIN, wanted) if wanted else {}
    return {id_: names[id_] for id_ in wanted if id_ in names}
