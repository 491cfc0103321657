"""What the log says about what belongs to an incident: other incidents, tickets elsewhere, conferences.

An incident that is not restricted never names one that is. A dial-in PIN is never written here.
"""

from typing import ClassVar

from tocsin.core.log import Event, event


@event("incidents.incident_linked", mark="git-merge")
class IncidentLinked(Event, frozen=True, kw_only=True):
    """Another incident has to do with this one. `words` like 'caused by'; no `reference`: it is restricted."""

    words: str
    reference: str = ""

    def sentence(self) -> str:
        """Names the other and how they belong together."""
        return f"linked it: {self.words} {self.reference or 'a restricted incident'}"


@event("incidents.incident_unlinked", mark="git-merge")
class IncidentUnlinked(IncidentLinked, frozen=True, kw_only=True):
    """They have nothing to do with each other after all."""

    def sentence(self) -> str:
        """Names the other."""
        return f"took the link away: {self.words} {self.reference or 'a restricted incident'}"


@event("incidents.outside_linked", mark="link")
class OutsideLinked(Event, frozen=True, kw_only=True):
    """A ticket elsewhere or a conference was added. `kind`: ticket or bridge."""

    author: str
    link: str
    kind: str
    label: str
    url: str = ""
    sealed: ClassVar[dict[str, str]] = {"label": "author", "url": "author"}

    def sentence(self) -> str:
        """Names it."""
        return f"added the {_KINDS[self.kind]} {self.label}"


@event("incidents.outside_unlinked", mark="link")
class OutsideUnlinked(OutsideLinked, frozen=True, kw_only=True):
    """It was taken away."""

    def sentence(self) -> str:
        """Names it."""
        return f"took the {_KINDS[self.kind]} {self.label} away"


@event("incidents.bridge_for_all_set", mark="link")
class BridgeForAllSet(Event, frozen=True, kw_only=True):
    """The conference that every incident offers was set, or taken away (empty `label`). On `bridge:all`."""

    label: str = ""

    def sentence(self) -> str:
        """Names it."""
        return f"set the bridge for all incidents to {self.label}" if self.label else "took the bridge for all away"


_KINDS = {"ticket": "ticket", "bridge": "bridge"}
