"""What the log says about an incident. Every entry that changes state, severity, kind, roles or access carries the
new value, so that folding the log gives the row (`history`). Text that a person wrote is sealed under its author.
"""

from datetime import datetime
from typing import ClassVar

from tocsin.core.log import Event, event
from tocsin.domain.oncall.rules.urgency import Severity


def _severity(value: str) -> str:
    return "unknown severity" if value == Severity.UNKNOWN else Severity(value).word


def listed(names: tuple[str, ...]) -> str:
    """`Checkout, Search and Baskets`."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


@event("incidents.declared", mark="flag")
class Declared(Event, frozen=True, kw_only=True):
    """A person said that there is an incident."""

    author: str
    reference: str
    title: str
    summary: str = ""
    kind: str
    severity: str
    state: str
    restricted: bool = False
    services: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    matrix_version: int
    sealed: ClassVar[dict[str, str]] = {"title": "author", "summary": "author"}

    def sentence(self) -> str:
        """Names the incident and its proposed size."""
        where = f" on {listed(self.services)}" if self.services else ""
        return f"declared {self.reference}{where}, {_severity(self.severity)}: {self.title}"

    def body(self) -> str:
        """The summary as it was typed."""
        return self.summary


@event("incidents.detected", mark="bell-ringing")
class Detected(Event, frozen=True, kw_only=True):
    """Alerts made an incident; nobody has confirmed it yet."""

    reference: str
    title: str
    kind: str
    severity: str
    state: str
    restricted: bool = False
    group: str
    services: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    matrix_version: int
    unrouted: str = ""
    continues: str = ""

    def sentence(self) -> str:
        """Names the incident, its proposed size, and a missing route."""
        where = f" on {listed(self.services)}" if self.services else ""
        route = f". {self.unrouted}" if self.unrouted else ""
        earlier = f", linked to {self.continues}, which is over" if self.continues else ""
        return f"made {self.reference} from an alert{where}, {_severity(self.severity)} proposed{earlier}{route}"


class Moved(Event, frozen=True, kw_only=True):
    """Base of all moves from one state to another."""

    author: str = ""
    state: str
    reason: str = ""
    words: ClassVar[str] = ""
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}

    def sentence(self) -> str:
        """The verb in words."""
        return self.words

    def body(self) -> str:
        """The reason as it was typed."""
        return self.reason


@event("incidents.confirmed", mark="flag")
class Confirmed(Moved, frozen=True, kw_only=True):
    """A person looked at a proposed incident and made it a real one."""

    kind: str
    severity: str

    def sentence(self) -> str:
        """Names the confirmed size."""
        return f"confirmed the incident, {_severity(self.severity)}"


@event("incidents.responding", mark="activity")
class Responding(Moved, frozen=True, kw_only=True):
    """Somebody is on it."""

    who: str = ""

    def sentence(self) -> str:
        """Names who took it."""
        return f"moved it to Responding: {self.who} is on it" if self.who else "moved it to Responding"


@event("incidents.acknowledgement_withdrawn", mark="arrow-back-up")
class AcknowledgementWithdrawn(Moved, frozen=True, kw_only=True):
    """Nobody is on it after all."""

    who: str = ""

    def sentence(self) -> str:
        """Names who took it back."""
        return f"moved it back: {self.who} took the acknowledgement back"


@event("incidents.dismissed", mark="circle-x")
class Dismissed(Moved, frozen=True, kw_only=True):
    """It was no incident."""

    words: ClassVar[str] = "dismissed it: no incident"


@event("incidents.mitigated", mark="bandage")
class Mitigated(Moved, frozen=True, kw_only=True):
    """The harm stopped; the cause may remain."""

    words: ClassVar[str] = "marked it mitigated"


@event("incidents.resolved", mark="circle-check")
class Resolved(Moved, frozen=True, kw_only=True):
    """The cause is gone."""

    root_cause: str = ""
    validation: str = ""
    without: str = ""
    words: ClassVar[str] = "resolved it"
    sealed: ClassVar[dict[str, str]] = {"reason": "author", "root_cause": "author", "without": "author"}

    def sentence(self) -> str:
        """Whether the fix was validated."""
        if self.validation:
            return "resolved it; the fix is validated"
        return "resolved it without a validated fix" if self.without else self.words

    def body(self) -> str:
        """The note, the root cause, and why it was not validated."""
        cause = f"Root cause: {self.root_cause}" if self.root_cause else ""
        why = f"Not validated because: {self.without}" if self.without else ""
        return "\n".join(part for part in (self.reason, cause, why) if part)


@event("incidents.reopened", mark="arrow-back-up")
class Reopened(Moved, frozen=True, kw_only=True):
    """It was not over."""

    words: ClassVar[str] = "reopened it"


@event("incidents.closed", mark="archive")
class Closed(Moved, frozen=True, kw_only=True):
    """Nothing is left to do."""

    words: ClassVar[str] = "closed it"


@event("incidents.merged", mark="git-merge")
class Merged(Moved, frozen=True, kw_only=True):
    """It is the same trouble as another incident, which goes on."""

    into: str

    def sentence(self) -> str:
        """Names the incident that goes on."""
        return f"merged it into {self.into}"


@event("incidents.absorbed", mark="git-merge")
class Absorbed(Event, frozen=True, kw_only=True):
    """Another incident was merged into this one."""

    reference: str
    severity: str
    groups: int = 0

    def sentence(self) -> str:
        """Names the absorbed incident."""
        return f"merged {self.reference} into this incident"


@event("incidents.unmerged", mark="arrow-back-up")
class Unmerged(Moved, frozen=True, kw_only=True):
    """The merge was a mistake: it is an incident of its own again."""

    into: str

    def sentence(self) -> str:
        """Names the incident that goes on without it."""
        return f"took it out of {self.into} again"


@event("incidents.gave_back", mark="arrow-back-up")
class GaveBack(Absorbed, frozen=True, kw_only=True):
    """An incident that was merged into this one is one of its own again, with the alert groups that it had brought."""

    def sentence(self) -> str:
        """Names it."""
        return f"took {self.reference} out of this incident again"


@event("incidents.split", mark="arrows-split")
class Split(Event, frozen=True, kw_only=True):
    """Some alert groups or services became an incident of their own. `severity` of what stays, when it changed."""

    author: str = ""
    reference: str
    groups: int
    services: int = 0
    reason: str = ""
    severity: str = ""
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}

    def sentence(self) -> str:
        """Names the new incident and counts what went."""
        parts = [(self.groups, "alert group"), (self.services, "service")]
        what = " and ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)
        rest = f"; what stays is {_severity(self.severity)}" if self.severity else ""
        return f"split {what} off into {self.reference}{rest}"

    def body(self) -> str:
        """The reason as it was typed."""
        return self.reason


@event("incidents.assessed", mark="scale")
class Assessed(Event, frozen=True, kw_only=True):
    """A person sized it; the reasons and the version of the matrix are kept."""

    author: str
    severity: str
    before: str
    proposed: str
    matrix_version: int
    reasons: tuple[str, ...]
    answers: tuple[str, ...] = ()
    override_reason: str = ""
    sealed: ClassVar[dict[str, str]] = {"override_reason": "author"}

    def sentence(self) -> str:
        """Names the size, the one before, and an override."""
        what = _severity(self.severity)
        if self.severity != self.proposed:
            return f"set severity to {what} instead of the proposed {_severity(self.proposed)}"
        if self.severity == self.before:
            return f"assessed severity: {what} holds"
        return f"assessed severity as {what}, before: {_severity(self.before)}"

    def body(self) -> str:
        """The reasons, one a line, after that of an override."""
        return "\n".join([*([self.override_reason] if self.override_reason else []), *self.reasons])


@event("incidents.replanned", mark="refresh")
class Replanned(Event, frozen=True, kw_only=True):
    """What is still owed follows another edition of the targets, or other business hours, from now on."""

    edition: int
    before: int

    def sentence(self) -> str:
        """Names both editions; the same one when it was the business hours that had changed."""
        if self.edition == self.before:
            return "re-planned what is owed by the business hours of now"
        return f"re-planned what is owed by edition {self.edition} of the targets, before: {self.before}"


@event("incidents.severity_raised", mark="scale")
class SeverityRaised(Event, frozen=True, kw_only=True):
    """An alert said that it is worse than anybody knew."""

    severity: str
    before: str
    reason: str

    def sentence(self) -> str:
        """Both sizes and the alert."""
        return f"raised severity from {_severity(self.before)} to {_severity(self.severity)}: {self.reason}"


@event("incidents.changed", mark="edit")
class Changed(Event, frozen=True, kw_only=True):
    """Title, summary, kind, services or visibility to users were corrected."""

    author: str
    fields: tuple[str, ...]
    title: str = ""
    kind: str = ""
    services: tuple[str, ...] = ()
    sealed: ClassVar[dict[str, str]] = {"title": "author"}

    def sentence(self) -> str:
        """Names what was changed, and a new title."""
        names = {"visible_to_users": "visibility to users", "root_cause": "root cause"}
        renamed = f" to '{self.title}'" if "title" in self.fields else ""
        return f"changed {listed(tuple(names.get(f, f) for f in self.fields))}{renamed}"


@event("incidents.status_update_sent", mark="speakerphone")
class StatusUpdateSent(Event, frozen=True, kw_only=True):
    """People inside or outside were told how it stands. `published`: the state that the public status page, where
    it was written, told with it."""

    author: str
    update: str
    internal: str = ""
    public: str = ""
    next_internal_at: datetime | None = None
    next_public_at: datetime | None = None
    published: str = ""
    sealed: ClassVar[dict[str, str]] = {"internal": "author", "public": "author"}

    def sentence(self) -> str:
        """Who was told."""
        if self.published:
            return f"told the public on the status page: {self.published.replace('_', ' ')}"
        if self.internal and self.public:
            return "sent an internal and a public status update"
        return f"sent {'an internal' if self.internal else 'a public'} status update"

    def body(self) -> str:
        """Both texts, each under its own heading when there are two."""
        if self.internal and self.public:
            return f"Internal: {self.internal}\nPublic: {self.public}"
        return self.internal or self.public


@event("incidents.public_corrected", mark="edit")
class PublicCorrected(Event, frozen=True, kw_only=True):
    """What the public status page tells of it was corrected there; nobody was told anew. `fields`: what of it."""

    author: str
    fields: tuple[str, ...]
    text: str
    sealed: ClassVar[dict[str, str]] = {"text": "author"}

    def sentence(self) -> str:
        """Names what was corrected."""
        return f"corrected on the status page: {listed(self.fields)}"

    def body(self) -> str:
        """As it reads now."""
        return self.text


@event("incidents.public_retracted", mark="eye-off")
class PublicRetracted(Event, frozen=True, kw_only=True):
    """What the public status page told of it was taken off the page, with all its updates."""

    author: str
    title: str
    reason: str
    sealed: ClassVar[dict[str, str]] = {"reason": "author"}

    def sentence(self) -> str:
        """Under which title it stood there."""
        return f"took it off the status page, where it was called '{self.title}'"

    def body(self) -> str:
        """The reason."""
        return self.reason


@event("incidents.reviewed", mark="checklist")
class Reviewed(Event, frozen=True, kw_only=True):
    """The post-incident review was held."""

    def sentence(self) -> str:
        """Just that."""
        return "marked the post-incident review as held"
