"""Changes that decide whom a page reaches make the audit look at once."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.accounts import events as accounts
from tocsin.domain.alerts import events as alerts
from tocsin.domain.alerts.pulse import register_pulse
from tocsin.domain.assurance.commands.pulsing import folded
from tocsin.domain.assurance.jobs import audit_soon
from tocsin.domain.catalog import events as catalog
from tocsin.domain.delivery import events as delivery
from tocsin.domain.oncall import events as oncall

register_pulse(folded)


@reaction(
    accounts.PersonAdded,
    accounts.PersonDeactivated,
    accounts.PersonReactivated,
    accounts.RolesChanged,
    accounts.TeamAdded,
    accounts.TeamChanged,
    accounts.TeamRemoved,
    accounts.OrganisationChanged,
    alerts.IntegrationAdded,
    alerts.IntegrationRemoved,
    alerts.RouteSaved,
    alerts.RouteRemoved,
    alerts.RouteEnabled,
    alerts.RouteDisabled,
    catalog.ServiceAdded,
    catalog.ServiceRemoved,
    delivery.DestinationAdded,
    delivery.DestinationChanged,
    delivery.DestinationRemoved,
    delivery.DestinationVerified,
    oncall.ScheduleSaved,
    oncall.ScheduleRemoved,
    oncall.OverrideAdded,
    oncall.OverrideRemoved,
    oncall.PolicySaved,
    oncall.PolicyRemoved,
    oncall.ServicePolicySet,
    name="assurance.audit",
)
def changed(recorded: Recorded[Any]) -> None:
    """Look at the house again within seconds."""
    audit_soon()
