"""What was known of an incident when its report was generated: one frozen, complete picture, kept with the report.

Everything that a report says by itself is derived from this and nothing else. Never reads anything. `schema` grows
whenever a field changes its meaning; fields are added only with a default, so that old reports stay readable.
"""

from datetime import datetime, timedelta

import msgspec

SCHEMA = 1


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log: who did what, and the longer text with it. `kind` is the noun of its stream."""

    at: datetime
    who: str
    type: str
    sentence: str
    body: str = ""
    kind: str = "incident"


class Tenure(msgspec.Struct, frozen=True, kw_only=True):
    """Who held a role from when to when; `until` None: to the end."""

    role: str
    words: str
    person: str
    since: datetime
    until: datetime | None = None


class Sized(msgspec.Struct, frozen=True, kw_only=True):
    """The severity from this moment on, and who said so."""

    at: datetime
    severity: str
    by: str
    why: str = ""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """The state from this moment on."""

    at: datetime
    state: str
    by: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, in the words of the person. `revoked`: by whom and why it held no more; empty while it stands."""

    at: datetime
    who: str
    text: str
    why: str = ""
    revoked: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A status update: what was told inside, what outside. `retracted_at`: the public part was taken off the page."""

    at: datetime
    who: str
    internal: str = ""
    public: str = ""
    retracted_at: datetime | None = None
    retracted_by: str = ""
    retracted_why: str = ""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """A group of alerts as it last spoke."""

    title: str
    severity: str
    service: str
    integration: str
    starts_at: datetime
    quiet: bool
    stale: bool


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A task of the incident. `state`: open, done or dropped."""

    title: str
    owner: str
    state: str
    due_at: datetime | None = None
    done_at: datetime | None = None


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline and how it ended. `standing` is a value of the incidents' `Standing`."""

    kind: str
    words: str
    term: str
    starts_at: datetime
    due_at: datetime
    standing: str
    met_at: datetime | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One person was called. `ways` are the kinds of contact that messages went to, empty when there was none."""

    person: str
    at: datetime
    state: str
    ways: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    acknowledged_at: datetime | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered to one question of the assessment, and the reason it gave."""

    fact: str
    text: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole picture. `positions`: number of the last entry that was read, by stream; `as_of`: when."""

    schema: int = SCHEMA
    reference: str
    title: str
    summary: str
    kind: str
    kind_words: str
    severity: str
    state: str
    restricted: bool
    services: tuple[str, ...] = ()
    visible_to_users: bool = False
    root_cause: str = ""
    unrouted: str = ""
    answers: tuple[Answer, ...] = ()
    related: tuple[str, ...] = ()

    alarm_at: datetime
    declared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    engaged_at: datetime | None = None
    first_update_at: datetime | None = None
    public_post_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None

    moments: tuple[Moment, ...] = ()
    left_out: int = 0
    roles: tuple[Tenure, ...] = ()
    needed_roles: tuple[str, ...] = ()
    sizes: tuple[Sized, ...] = ()
    stages: tuple[Stage, ...] = ()
    decisions: tuple[Said, ...] = ()
    updates: tuple[Told, ...] = ()
    signals: tuple[Signal, ...] = ()
    came_back: tuple[str, ...] = ()
    tasks: tuple[Job, ...] = ()
    promises: tuple[Promise, ...] = ()
    calls: tuple[Call, ...] = ()

    as_of: datetime
    positions: dict[str, int] = {}

    @property
    def ends_at(self) -> datetime:
        """When it ended; while it goes on, when it was read."""
        return self.resolved_at or self.closed_at or self.as_of

    @property
    def length(self) -> timedelta:
        """From the alarm to its end, or until it was read."""
        return max(timedelta(0), self.ends_at - self.alarm_at)

    @property
    def entries_read(self) -> int:
        """How many entries of the log it knows."""
        return sum(self.positions.values())


def encode(snapshot: Snapshot) -> str:
    """As it is kept: canonical JSON."""
    return msgspec.json.encode(snapshot, order="deterministic").decode()


def decode(text: str) -> Snapshot:
    """What `encode` wrote."""
    return msgspec.json.decode(text.encode(), type=Snapshot)
