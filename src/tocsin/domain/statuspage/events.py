"""What this room writes to the log: changes of the page, and what was told the public."""

from typing import ClassVar

from tocsin.core.log import Event, event


@event("statuspage.page_saved", mark="world")
class PageSaved(Event, frozen=True, kw_only=True):
    """Settings of the page changed."""

    name: str
    fields: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Names the page and the fields."""
        what = f": {', '.join(field.replace('_', ' ') for field in self.fields)}" if self.fields else ""
        return f"saved the status page {self.name}{what}"


@event("statuspage.component_added", mark="puzzle")
class ComponentAdded(Event, frozen=True, kw_only=True):
    """The page shows one component more."""

    component: str
    name: str

    def sentence(self) -> str:
        """Names it."""
        return f"added the component {self.name} to the status page"


@event("statuspage.component_changed", mark="puzzle")
class ComponentChanged(Event, frozen=True, kw_only=True):
    """Name, place or looks of a component changed."""

    component: str
    name: str
    fields: tuple[str, ...]

    def sentence(self) -> str:
        """Names it and the fields."""
        return f"changed the component {self.name}: {', '.join(field.replace('_', ' ') for field in self.fields)}"


@event("statuspage.component_removed", mark="trash")
class ComponentRemoved(Event, frozen=True, kw_only=True):
    """The page no longer shows a component; past incidents still name it."""

    component: str
    name: str

    def sentence(self) -> str:
        """Names it."""
        return f"removed the component {self.name} from the status page"


@event("statuspage.status_set", mark="activity")
class StatusSet(Event, frozen=True, kw_only=True):
    """Components changed their state."""

    changes: tuple[tuple[str, str, str], ...]

    def sentence(self) -> str:
        """Each with its state before and now."""
        words = [f"{name} from {old.replace('_', ' ')} to {new.replace('_', ' ')}" for name, old, new in self.changes]
        return f"set {', '.join(words)}"


@event("statuspage.incident_opened", mark="speakerphone")
class PublicIncidentOpened(Event, frozen=True, kw_only=True):
    """The public was told of an incident, or of maintenance to come."""

    title: str
    kind: str
    impact: str

    def sentence(self) -> str:
        """Names it."""
        return f"{'announced maintenance' if self.kind == 'maintenance' else 'opened'} in public: {self.title}"


@event("statuspage.update_posted", mark="speakerphone")
class UpdatePosted(Event, frozen=True, kw_only=True):
    """The public was told how it stands."""

    author: str
    update: str
    status: str
    text: str
    sealed: ClassVar[dict[str, str]] = {"text": "author"}

    def sentence(self) -> str:
        """The state that was told."""
        return f"told the public: {self.status.replace('_', ' ')}"

    def body(self) -> str:
        """The text."""
        return self.text


@event("statuspage.incident_changed", mark="edit")
class PublicIncidentChanged(Event, frozen=True, kw_only=True):
    """Title, impact, times or an earlier text were corrected."""

    fields: tuple[str, ...]

    def sentence(self) -> str:
        """Names the fields."""
        return f"corrected what the public reads: {', '.join(field.replace('_', ' ') for field in self.fields)}"


@event("statuspage.incident_retracted", mark="eye-off")
class PublicIncidentRetracted(Event, frozen=True, kw_only=True):
    """It is no longer on the page."""

    author: str
    reason: str
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}

    def sentence(self) -> str:
        """Just that."""
        return "took it off the status page"

    def body(self) -> str:
        """The reason."""
        return self.reason


@event("statuspage.subscribers_imported", mark="users")
class SubscribersImported(Event, frozen=True, kw_only=True):
    """Somebody brought a list of subscribers."""

    added: int
    known: int
    refused: int

    def sentence(self) -> str:
        """The counts; never an address."""
        return f"imported {self.added} subscribers; {self.known} were there already, {self.refused} could not be used"


@event("statuspage.subscriber_removed", mark="trash")
class SubscriberRemoved(Event, frozen=True, kw_only=True):
    """Somebody here took a subscriber off the list."""

    kind: str

    def sentence(self) -> str:
        """The kind; never the address."""
        return f"removed a subscriber ({self.kind})"


@event("statuspage.demonstration_removed", mark="trash")
class DemonstrationRemoved(Event, frozen=True, kw_only=True):
    """What a demonstration had brought is off the page, and the page with it unless people use it."""

    name: str

    def sentence(self) -> str:
        """The page."""
        return f"removed what the demonstration had brought to the status page {self.name}"
