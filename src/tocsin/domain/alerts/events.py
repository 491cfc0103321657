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
