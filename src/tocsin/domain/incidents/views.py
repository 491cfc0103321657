"""What readers of this room get: frozen pictures of rows. Nothing here reads or decides."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.incidents.rules.states import ACTIVE_STATES
from tocsin.domain.oncall.queries import PagingView


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person, as far as a screen names one."""

    id: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A service by name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """Something due. `kind` and `standing` are values of the rules' enums, `term` is in words ('20 min')."""

    id: str
    kind: str
    words: str
    term: str
    starts_at: datetime
    at_risk_at: datetime
    due_at: datetime
    met_at: datetime | None
    standing: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """What is owed in general: how long, counted from when, in business hours or not; `why_not` when it is not owed."""

    kind: str
    words: str
    term: str
    counted: str
    business: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class ClockView:
    """Every deadline of an incident under one severity, each kind explained. `hours`: business hours in words.

    `team`: whose hours they are (empty: the organisation's). `newest`: the edition of the targets in force.
    `hours_changed`: since it was planned, so that it would end at other moments.
    """

    severity: str
    deadlines: tuple[DeadlineView, ...]
    targets: tuple[TargetView, ...]
    hours: str
    team: str
    edition: int
    newest: int
    hours_changed: bool = False


@dataclass(frozen=True, slots=True)
class RoleView:
    """Who holds a role; not `accepted`: who was asked to take it."""

    id: str
    role: str
    words: str
    person: PersonRef
    since: datetime
    accepted: bool
    handed_over_by: PersonRef | None


@dataclass(frozen=True, slots=True)
class RoleWarning:
    """A role that is missing or doubled, and what to do."""

    role: str
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something to do. `state`: open, done or dropped. `kind`: task, or fix (it removes the cause for good)."""

    id: str
    title: str
    kind: str
    owner: PersonRef | None
    due_at: datetime | None
    state: str
    done_at: datetime | None
    created_by: PersonRef | None
    created_at: datetime
    version: int
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class StatusUpdateView:
    """What was told, inside and outside."""

    id: str
    at: datetime
    author: PersonRef | None
    internal: str
    public: str


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """A group of alerts of the incident, as it last spoke."""

    group_id: str
    title: str
    severity: str
    service_id: str
    service: str
    unrouted: str
    integration: str
    starts_at: datetime
    joined_at: datetime
    quiet: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class MemberView:
    """Someone who was let into a restricted incident."""

    person: PersonRef
    added_at: datetime


@dataclass(frozen=True, slots=True)
class RelatedIncident:
    """Another incident. `relation`: 'continues', 'continued by', 'merged into', 'absorbed', 'split from'
    or 'split into'."""

    id: str
    reference: str
    title: str
    state: str
    url: str
    relation: str

    @property
    def worked_on(self) -> bool:
        """Whether a merge into it can still be taken back."""
        return self.state in ACTIVE_STATES


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why it has its severity. `fact`: users, operations, data or alert."""

    fact: str
    answer: str
    sentence: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What was answered to one question of the assessment."""

    fact: str
    choices: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as lists show it. `unrouted` names a missing route."""

    id: str
    reference: str
    title: str
    kind: str
    severity: str
    state: str
    url: str
    restricted: bool
    alarm_at: datetime
    declared_at: datetime | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    """When it was dismissed or merged."""
    services: tuple[ServiceRef, ...]
    commander: PersonRef | None
    next_deadline: DeadlineView | None
    alerts_quiet: bool
    unrouted: str
    version: int


@dataclass(frozen=True, slots=True)
class IncidentView(IncidentRow):
    """An incident with all that was said of it. `allowed` are the moves (values of `Verb`) open to this reader now."""

    summary: str
    severity_source: str
    matrix_version: int
    answers: tuple[AnswerView, ...]
    reasons: tuple[ReasonView, ...]
    override_reason: str
    visible_to_users: bool
    root_cause: str
    resolved_without: str
    triaged_at: datetime | None
    engaged_at: datetime | None
    mitigated_at: datetime | None
    team_activated_at: datetime | None
    alerts_quiet_at: datetime | None
    internal_update_at: datetime | None
    public_update_at: datetime | None
    public_post_at: datetime | None
    roles: tuple[RoleView, ...]
    related: tuple[RelatedIncident, ...]
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrefilledView:
    """A proposed answer to one question: the choice, why, and the data it comes from."""

    fact: str
    choice: str
    because: str
    source: str


@dataclass(frozen=True, slots=True)
class PastAssessment:
    """One assessment as the log tells it. `answers` are like 'Users: many'; `proposed` differs if it was overruled."""

    at: datetime
    actor_name: str
    severity: str
    before: str
    proposed: str
    matrix_version: int
    answers: tuple[str, ...]
    reasons: tuple[str, ...]
    override_reason: str


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """What the tool starts from. `reached` are services that need an affected one, most important first."""

    prefilled: tuple[PrefilledView, ...]
    reached: tuple[str, ...]
    past: tuple[PastAssessment, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    """One thing to be proven before it is over. `state`: passed, failed, unknown or not applicable."""

    key: str
    label: str
    state: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValidationView:
    """Whether the fix held at `at`. `stands`: it passed and nothing bad was heard since."""

    id: str
    passed: bool
    gates: tuple[GateView, ...]
    at: datetime
    by: PersonRef | None
    stands: bool


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file of the incident. `media_type` is what its bytes say, `size` in bytes."""

    id: str
    name: str
    size: int
    media_type: str
    sha256: str
    author: PersonRef | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkedChangeView:
    """A change linked to the incident. `part`: cause, fix or other. `change_id` is empty for one typed by hand."""

    id: str
    change_id: str
    summary: str
    source: str
    url: str
    part: str
    happened_at: datetime
    linked_by: PersonRef | None


@dataclass(frozen=True, slots=True)
class HubView:
    """The whole picture of one incident, for its home. `news`: what the data say since it was assessed last."""

    incident: IncidentView
    tasks: tuple[TaskView, ...]
    roles: tuple[RoleView, ...]
    offers: tuple[RoleView, ...]
    warnings: tuple[RoleWarning, ...]
    deadlines: tuple[DeadlineView, ...]
    members: tuple[MemberView, ...]
    groups: tuple[LinkedGroup, ...]
    updates: tuple[StatusUpdateView, ...]
    next_internal: DeadlineView | None
    next_public: DeadlineView | None
    validation: ValidationView | None
    assessed_at: datetime | None
    news: tuple[str, ...]
    paging: PagingView | None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A detected incident that waits for a person's word. `merge_into`: open ones, those of a needed service first."""

    row: IncidentRow
    reasons: tuple[ReasonView, ...]
    answers: tuple[AnswerView, ...]
    groups: tuple[LinkedGroup, ...]
    merge_into: tuple[IncidentRow, ...]


@dataclass(frozen=True, slots=True)
class DueView:
    """An open deadline and its incident."""

    incident_id: str
    reference: str
    title: str
    severity: str
    url: str
    deadline: DeadlineView


@dataclass(frozen=True, slots=True)
class MineView:
    """What is this person's: incidents with a role, roles to accept, tasks to do."""

    incidents: tuple[IncidentRow, ...]
    offers: tuple[tuple[IncidentRow, RoleView], ...]
    tasks: tuple[tuple[IncidentRow, TaskView], ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of the log. `key` is stable and opaque, for the page; `cursor` is handed back as `before`."""

    cursor: str
    key: str
    at: datetime
    mark: str
    actor_name: str
    person_id: str
    sentence: str
    body: str
    type: str
    stream_kind: str
    note: str = ""
    """Id of the note, of an entry that is one."""
    mentions: tuple[str, ...] = ()
    """Handles of the body with whom they mean, like `mateo person:<id>`."""
    edited_at: datetime | None = None
    group: str = ""
    """Id of the alert group that the entry is of."""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with its why. `revoked_at` None: it stands."""

    id: str
    at: datetime
    by: str
    text: str
    why: str
    note: str
    revoked_at: datetime | None
    revoked_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as it stands. `mine`: the reader wrote it; `correctable_until` None when it can be corrected no more."""

    id: str
    at: datetime
    author_name: str
    text: str
    mine: bool
    correctable_until: datetime | None
    version: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class Mentionable:
    """Whom one may mention: `@handle`, and in words who that is. `kind`: role, team or person."""

    handle: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A linked incident. `words` lead to it: 'caused by'."""

    id: str
    words: str
    reference: str
    title: str
    state: str
    severity: str
    url: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket elsewhere, by its reference, its address, or both."""

    id: str
    label: str
    url: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class BridgeView:
    """A conference. `dial` is the address that a phone dials with one tap. `for_all`: every incident offers it."""

    id: str
    label: str
    url: str
    phone: str
    pin: str
    dial: str
    for_all: bool


@dataclass(frozen=True, slots=True)
class LinksView:
    """What belongs to an incident."""

    incidents: tuple[LinkView, ...]
    tickets: tuple[TicketView, ...]
    bridges: tuple[BridgeView, ...]


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One task of a list. `owner` is empty, `person:<id>` or `role:<slug>`; `owner_words` and `within` for people."""

    title: str
    owner: str
    owner_words: str
    minutes: int | None
    within: str


@dataclass(frozen=True, slots=True)
class TaskTemplateView:
    """A list of tasks. `lines` as people type it; `left`: how many the incident asked about does not have yet."""

    id: str
    name: str
    kind: str
    severity: str
    items: tuple[TemplateItem, ...]
    lines: str
    left: int


@dataclass(frozen=True, slots=True)
class IncidentFilters:
    """Which incidents: every given condition must hold."""

    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    service_id: str = ""
    person_id: str = ""
    text: str = ""
    open_only: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One page of incidents, newest alarm first."""

    rows: tuple[IncidentRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class TeamTemplateView:
    """Whom to call together. An empty `kind` or no `severities` suit every incident; `roles` are slugs to fill."""

    id: str
    name: str
    kind: str
    person_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    severities: tuple[str, ...] = ()
    schedule_ids: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
