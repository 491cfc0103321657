"""What the log says about an incident by itself: alerts that joined or fell quiet, deadlines, and who may see it."""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event


@event("incidents.group_joined", mark="bell")
class GroupJoined(Event, frozen=True, kw_only=True):
    """A group of alerts is part of this incident."""

    group: str
    title: str
    severity: str
    new_service: str = ""

    def sentence(self) -> str:
        """Names the alert, and a service that it newly touches."""
        service = f", {self.new_service} is affected too" if self.new_service else ""
        return f"added an alert group: {self.title}{service}"


@event("incidents.alerts_quiet", mark="bell-off")
class AlertsQuiet(Event, frozen=True, kw_only=True):
    """Every alert of it is resolved; whether it is over is for people to say."""

    groups: int

    def sentence(self) -> str:
        """Says that the incident stays open."""
        return "noted that all alerts are quiet; the incident stays open until someone resolves it"


@event("incidents.alerts_back", mark="bell")
class AlertsBack(Event, frozen=True, kw_only=True):
    """An alert fires again."""

    group: str
    title: str

    def sentence(self) -> str:
        """Names the alert."""
        return f"noted that an alert fires again: {self.title}"


@event("incidents.alerts_stale", mark="wifi-off")
class AlertsStale(Event, frozen=True, kw_only=True):
    """The source of alerts went silent: nobody knows whether the trouble is over."""

    group: str
    title: str

    def sentence(self) -> str:
        """Says that stale is not resolved."""
        return f"lost sight of '{self.title}': its source is silent, so it is stale, not resolved"


@event("incidents.deadline_at_risk", mark="clock")
class DeadlineAtRisk(Event, frozen=True, kw_only=True):
    """Four fifths of the time are gone."""

    deadline: str
    kind: str
    words: str
    due_at: datetime
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Names the deadline and who was reminded."""
        told = f"reminded {', '.join(self.names)}" if self.names else "found nobody to remind"
        return f"{told}: {self.words} is due at {self.due_at:%Y-%m-%d %H:%M} UTC"


@event("incidents.deadline_breached", mark="alert-triangle")
class DeadlineBreached(Event, frozen=True, kw_only=True):
    """The time is over."""

    deadline: str
    kind: str
    words: str
    due_at: datetime
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Names the deadline and who was paged for it."""
        told = f"; {', '.join(self.names)} told" if self.names else ""
        return f"marked a missed deadline: {self.words} was due at {self.due_at:%Y-%m-%d %H:%M} UTC{told}"


@event("incidents.hand_over_due", mark="clock")
class HandOverDue(Event, frozen=True, kw_only=True):
    """The commander has led for hours and should hand over."""

    person: str
    person_name: str
    hours: int

    def sentence(self) -> str:
        """Names the commander and the hours."""
        return f"reminded {self.person_name} to hand over: Incident Commander for {self.hours} h"


@event("incidents.restricted", mark="lock")
class Restricted(Event, frozen=True, kw_only=True):
    """Only members, role holders and the Security role see it from now on."""

    author: str
    reason: str
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}
    changes_access: ClassVar[bool] = True

    def sentence(self) -> str:
        """Says who can see it."""
        return "restricted the incident to its members and the Security role"

    def body(self) -> str:
        """The reason as it was typed."""
        return self.reason


@event("incidents.released", mark="lock-open")
class Released(Restricted, frozen=True, kw_only=True):
    """All staff see it from now on."""

    def sentence(self) -> str:
        """Says who can see it."""
        return "released the incident to all staff"


@event("incidents.member_added", mark="lock")
class MemberAdded(Event, frozen=True, kw_only=True):
    """A person may see the restricted incident."""

    person: str
    person_name: str

    def sentence(self) -> str:
        """Names the person."""
        return f"gave {self.person_name} access"


@event("incidents.member_removed", mark="lock")
class MemberRemoved(MemberAdded, frozen=True, kw_only=True):
    """A person may no longer see it."""

    changes_access: ClassVar[bool] = True

    def sentence(self) -> str:
        """Names the person."""
        return f"took access from {self.person_name}"


@event("incidents.team_template_saved", mark="users-group")
class TeamTemplateSaved(Event, frozen=True, kw_only=True):
    """A response team was made or changed. On `team_template:<id>`."""

    template: str
    name: str

    def sentence(self) -> str:
        """Names the team."""
        return f"saved the response team {self.name}"


@event("incidents.team_template_removed", mark="users-group")
class TeamTemplateRemoved(TeamTemplateSaved, frozen=True, kw_only=True):
    """A response team was removed."""

    def sentence(self) -> str:
        """Names the team."""
        return f"removed the response team {self.name}"
