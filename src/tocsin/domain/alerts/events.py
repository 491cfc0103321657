"""What this room writes to the log. Only transitions: an alert that says the same again is a row, no event.

The sentences are read after the name of whoever did it.
"""

from datetime import datetime

from tocsin.core.log import Event, event
from tocsin.domain.oncall.rules.urgency import Severity


def _alerts(count: int) -> str:
    return "1 alert" if count == 1 else f"{count} alerts"


@event("alerts.group_opened", mark="alert-triangle")
class GroupOpened(Event, frozen=True, kw_only=True):
    """A group of alerts speaks for the first time. On `alert_group:<id>`, as all `Group…` events."""

    group: str
    title: str
    severity: Severity
    service_id: str | None = None
    services: tuple[str, ...] = ()
    route: str | None = None
    policy_id: str = ""
    unrouted: bool = False
    why: str = ""
    """When unrouted: the sentence that names the missing route."""
    integration: str = ""
    integration_name: str = ""
    starts_at: datetime
    alerts: int = 1

    def sentence(self) -> str:
        """Count, severity, origin."""
        origin = f" from {self.integration_name}" if self.integration_name else ""
        return f"received {_alerts(self.alerts)}{origin}: {self.title} ({self.severity.word})"

    def body(self) -> str:
        """The missing route."""
        return self.why


@event("alerts.group_grew", mark="alert-triangle")
class GroupGrew(Event, frozen=True, kw_only=True):
    """More alerts joined since it last spoke."""

    group: str
    added: int
    total: int
    severity: Severity
    services: tuple[str, ...] = ()

    def sentence(self) -> str:
        """How many more."""
        return f"received {_alerts(self.added)} more, {self.total} in all"


@event("alerts.severity_raised", mark="trending-up")
class SeverityRaised(Event, frozen=True, kw_only=True):
    """The worst alert of the group is now worse than what was last told."""

    group: str
    before: Severity
    severity: Severity

    def sentence(self) -> str:
        """From what to what."""
        return f"saw the severity of the alerts rise from {self.before.word} to {self.severity.word}"


@event("alerts.group_quiet", mark="circle-check")
class GroupQuiet(Event, frozen=True, kw_only=True):
    """Every alert of the group is resolved."""

    group: str

    def sentence(self) -> str:
        """All clear."""
        return "saw every alert of the group resolve"


@event("alerts.group_stale", mark="wifi-off")
class GroupStale(Event, frozen=True, kw_only=True):
    """No alert fires any more, but of some nobody knows: their source has gone silent."""

    group: str
    stale: int
    integration_name: str = ""

    def sentence(self) -> str:
        """How many are unknown."""
        source = f" from {self.integration_name}" if self.integration_name else ""
        return f"hears nothing{source} any more: {_alerts(self.stale)} stale, not resolved"


@event("alerts.group_reopened", mark="bell-ringing")
class GroupReopened(Event, frozen=True, kw_only=True):
    """An alert of a quiet or stale group fires again."""

    group: str
    severity: Severity
    services: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Again."""
        return f"saw the alerts fire again ({self.severity.word})"


@event("alerts.acknowledged", mark="check")
class Acknowledged(Event, frozen=True, kw_only=True):
    """Somebody, or the sending tool, says that an alert of the group is known."""

    group: str
    alert: str
    title: str

    def sentence(self) -> str:
        """Which one."""
        return f"acknowledged the alert {self.title}"


@event("alerts.resolved_by_hand", mark="circle-check")
class ResolvedByHand(Event, frozen=True, kw_only=True):
    """A person resolved an alert, against or without word of its source."""

    group: str
    alert: str
    title: str
    reason: str

    def sentence(self) -> str:
        """Which one."""
        return f"resolved the alert {self.title} by hand"

    def body(self) -> str:
        """Why."""
        return self.reason


@event("alerts.group_assigned", mark="sitemap")
class GroupAssigned(Event, frozen=True, kw_only=True):
    """A person said which service the group is about."""

    group: str
    service_id: str
    service: str

    def sentence(self) -> str:
        """Which service."""
        return f"assigned the alerts to {self.service}"


@event("alerts.source_silent", mark="wifi-off")
class SourceSilent(Event, frozen=True, kw_only=True):
    """A source missed two of its intervals. On `integration:<id>`."""

    integration: str
    name: str
    since: datetime

    def sentence(self) -> str:
        """Which one."""
        return f"hears nothing from {self.name} any more"


@event("alerts.source_heard", mark="antenna-bars-5")
class SourceHeard(Event, frozen=True, kw_only=True):
    """A silent source speaks again."""

    integration: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"hears {self.name} again"


@event("alerts.integration_added", mark="plug-connected")
class IntegrationAdded(Event, frozen=True, kw_only=True):
    """A source was connected. On `integration:<id>`."""

    integration: str
    name: str
    format: str

    def sentence(self) -> str:
        """Which one."""
        return f"connected {self.name} ({self.format})"


@event("alerts.key_rotated", mark="key")
class KeyRotated(Event, frozen=True, kw_only=True):
    """A source got a new key."""

    integration: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"changed the key of {self.name}"


@event("alerts.integration_removed", mark="plug-off")
class IntegrationRemoved(Event, frozen=True, kw_only=True):
    """A source was disconnected."""

    integration: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"disconnected {self.name}"


@event("alerts.route_saved", mark="route")
class RouteSaved(Event, frozen=True, kw_only=True):
    """A route was added or changed. On `route:<id>`."""

    route: str
    name: str
    matchers: str

    def sentence(self) -> str:
        """Which one, and what it takes."""
        return f"saved the route {self.name} for {{{self.matchers}}}"


@event("alerts.route_removed", mark="route-off")
class RouteRemoved(Event, frozen=True, kw_only=True):
    """A route was removed."""

    route: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"removed the route {self.name}"


@event("alerts.silenced", mark="bell-off")
class Silenced(Event, frozen=True, kw_only=True):
    """A silence was added or changed. On `silence:<id>`."""

    silence: str
    matchers: str
    starts_at: datetime
    ends_at: datetime
    comment: str

    def sentence(self) -> str:
        """What and until when."""
        return f"silenced {{{self.matchers}}} until {self.ends_at:%Y-%m-%d %H:%M} UTC"

    def body(self) -> str:
        """Why."""
        return self.comment


@event("alerts.silence_ended", mark="bell-off")
class SilenceEnded(Event, frozen=True, kw_only=True):
    """A silence was ended before its time."""

    silence: str
    matchers: str

    def sentence(self) -> str:
        """Which one."""
        return f"ended the silence of {{{self.matchers}}}"


@event("alerts.route_enabled", mark="route")
class RouteEnabled(Event, frozen=True, kw_only=True):
    """A route takes alerts again."""

    route: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"enabled the route {self.name}"


@event("alerts.route_disabled", mark="route-off")
class RouteDisabled(Event, frozen=True, kw_only=True):
    """A route takes no alerts for now."""

    route: str
    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"disabled the route {self.name}"


@event("alerts.route_moved", mark="route")
class RouteMoved(Event, frozen=True, kw_only=True):
    """A route stands at another place in the order."""

    route: str
    name: str
    place: int

    def sentence(self) -> str:
        """Where to."""
        return f"moved the route {self.name} to place {self.place}"


@event("alerts.inhibition_saved", mark="bell-off")
class InhibitionSaved(Event, frozen=True, kw_only=True):
    """An inhibition was added or changed. On `inhibition:<id>`."""

    name: str
    source: str
    target: str
    enabled: bool

    def sentence(self) -> str:
        """Which one, and what it does."""
        word = "" if self.enabled else " (disabled)"
        return f"saved the inhibition {self.name}{word}: {{{self.source}}} keeps {{{self.target}}} quiet"


@event("alerts.inhibition_removed", mark="bell-off")
class InhibitionRemoved(Event, frozen=True, kw_only=True):
    """An inhibition was removed."""

    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"removed the inhibition {self.name}"


@event("alerts.maintenance_planned", mark="tool")
class MaintenancePlanned(Event, frozen=True, kw_only=True):
    """A maintenance window was planned or changed. On `maintenance:<id>`."""

    name: str
    starts_at: datetime
    ends_at: datetime
    rule: str = ""
    zone: str = "UTC"
    covers: str = ""
    services: tuple[str, ...] = ()
    critical_pages: bool = False
    comment: str = ""

    def sentence(self) -> str:
        """What and when."""
        again = ", and again" if self.rule else ""
        return f"planned maintenance: {self.name}, {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%H:%M} UTC{again}"

    def body(self) -> str:
        """Why."""
        return self.comment


@event("alerts.maintenance_began", mark="tool")
class MaintenanceBegan(Event, frozen=True, kw_only=True):
    """Planned work is under way."""

    name: str
    ends_at: datetime
    covers: str = ""

    def sentence(self) -> str:
        """Which one, until when."""
        return f"saw the maintenance {self.name} begin, until {self.ends_at:%H:%M} UTC"


@event("alerts.maintenance_ended", mark="tool")
class MaintenanceEnded(Event, frozen=True, kw_only=True):
    """Planned work is over, by the clock or by hand."""

    name: str
    early: bool = False
    skipped: bool = False

    def sentence(self) -> str:
        """Which one, and how."""
        if self.skipped:
            return f"skipped the next maintenance {self.name}"
        return f"ended the maintenance {self.name} early" if self.early else f"saw the maintenance {self.name} end"


@event("alerts.maintenance_removed", mark="tool")
class MaintenanceRemoved(Event, frozen=True, kw_only=True):
    """A maintenance window was removed."""

    name: str

    def sentence(self) -> str:
        """Which one."""
        return f"removed the maintenance {self.name}"


@event("alerts.signal_retried", mark="refresh")
class SignalRetried(Event, frozen=True, kw_only=True):
    """A signal that could not be read is read once more. On `integration:<id>`."""

    letter: int
    source: str
    error: str

    def sentence(self) -> str:
        """Of which format."""
        return f"retried a signal ({self.source}) that could not be read"

    def body(self) -> str:
        """What was wrong with it."""
        return self.error


@event("alerts.signal_discarded", mark="trash")
class SignalDiscarded(Event, frozen=True, kw_only=True):
    """A signal that could not be read was thrown away."""

    letter: int
    source: str
    error: str
    reason: str

    def sentence(self) -> str:
        """Of which format."""
        return f"discarded a signal ({self.source}) that could not be read"

    def body(self) -> str:
        """Why."""
        return self.reason
