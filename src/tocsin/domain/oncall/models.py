"""Tables of schedules, escalation policies, running escalations and their pages.

An escalation keeps what the rules remember as JSON; its columns beside it are what queries and constraints need.
"""

from django.db import models

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.domain.oncall.rules.ending import How, Wish
from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id


def default_notices() -> list[int]:
    """A day before a shift, and when it begins: minutes before its start."""
    return [1440, 0]


class Schedule(models.Model):
    """A named answer to 'who is on call'; its layers and overrides say who.

    `notices` are minutes before a shift at which its person is told; `changed_at` is the last change of who is on call.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    team = models.ForeignKey("accounts.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    holiday_region = models.CharField(max_length=16, blank=True, default="")
    next_takes_over = models.BooleanField(default=False)
    longest_hours = models.PositiveIntegerField(default=192)
    notices = models.JSONField(default=default_notices)
    changed_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Layer(models.Model):
    """People who take turns. `people` are person ids in order; `restrictions` are {weekday, opens, closes}.

    `pattern` are lengths of uneven turns, instead of `count`; `holiday_region` empty: the schedule's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="layers")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80, blank=True, default="")
    people = models.JSONField(default=list)
    every = models.CharField(max_length=8, default="weeks")
    count = models.PositiveIntegerField(default=1)
    pattern = models.JSONField(default=list)
    handoff = models.TimeField()
    time_zone = models.CharField(max_length=64)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    restrictions = models.JSONField(default=list)
    on_holidays = models.CharField(max_length=8, default="always")
    holiday_region = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "order"], name="oncall_layer_order")]


class Override(models.Model):
    """Someone is on call for a while, instead of `replaces` or of anyone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(end_at__gt=models.F("start_at")), name="oncall_override_ends")
        ]


class Absence(models.Model):
    """A person is away. `feed` null: entered by hand or from an uploaded calendar (`source` says which)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    feed = models.ForeignKey("oncall.AbsenceFeed", on_delete=models.CASCADE, null=True, related_name="absences")
    source = models.CharField(max_length=8, default="hand")
    uid = models.CharField(max_length=64, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(end_at__gt=models.F("start_at")), name="oncall_absence_ends")
        ]
        indexes = [models.Index(fields=["person", "end_at"], name="oncall_absence_person")]


class AbsenceFeed(models.Model):
    """A person's calendar elsewhere, asked every so often. Its address is a secret and kept sealed.

    `tried_at` is the last attempt, `fetched_at` the last good answer; `problem` is empty when they are the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+")
    address = SealedTextField()
    hint = models.CharField(max_length=120)
    words = models.CharField(max_length=200, blank=True, default="")
    etag = models.CharField(max_length=300, blank=True, default="")
    last_modified = models.CharField(max_length=80, blank=True, default="")
    added_at = models.DateTimeField(default=now)
    tried_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=now, db_index=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")


class CoverState(models.TextChoices):
    """`expired`: its time began and nobody had taken it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CoverRequest(models.Model):
    """Someone asks whether a colleague takes their time on call. `asked` and `declined` are ids of people.

    `return_*`: times of whoever takes it that the asker takes instead. `override_ids`: what taking it has set.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="covers")
    asker = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    return_start_at = models.DateTimeField(null=True)
    return_end_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")
    asked = models.JSONField(default=list)
    declined = models.JSONField(default=list)
    override_ids = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=CoverState.choices, default=CoverState.OPEN)
    accepted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(end_at__gt=models.F("start_at")), name="oncall_cover_ends"),
            models.CheckConstraint(
                condition=~models.Q(accepted_by=models.F("asker")), name="oncall_cover_by_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["state", "start_at"], name="oncall_cover_due")]


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads shifts: of its owner, or of one schedule.

    Only the hash of the address's token is kept; `hint` is its beginning, to tell feeds apart.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    made_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True)


class HandoverNote(models.Model):
    """A word from who goes off to who comes on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["schedule", "-written_at"], name="oncall_note_newest")]


class ShiftsTold(models.Model):
    """Which coming shifts a person knows of: {schedule, start, end} up to `until`, as `rules.changes` writes them.

    `changed_since`: when they were first found to differ from what is; the person is told once they stay so.
    """

    person = models.OneToOneField("accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    shifts = models.JSONField(default=list)
    until = models.DateTimeField()
    changed_since = models.DateTimeField(null=True)


class EscalationPolicy(models.Model):
    """Steps gone through `rounds` times; after that everyone of last resort."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    rounds = models.PositiveSmallIntegerField(default=3)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class EscalationStep(models.Model):
    """Whom to page together (or one `in_turn`), and how long to wait. No delay: 80 % of the target.

    `targets` are {kind, id}; a single one of kind `policy` stands for that policy's steps. `condition` is
    {severities, kinds, hours, calendar}, empty for always.
    """

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    targets = models.JSONField(default=list)
    delay_seconds = models.PositiveIntegerField(null=True)
    in_turn = models.BooleanField(default=False)
    condition = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "order"], name="oncall_step_order")]


class RoundRobinTurn(models.Model):
    """When a person had their turn last by a policy's steps that take turns: the highest number was last."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "person"], name="oncall_one_turn")]


class ServicePolicy(models.Model):
    """By which policy trouble of a service is paged."""

    service = models.OneToOneField("catalog.Service", on_delete=models.CASCADE, primary_key=True, related_name="+")
    policy = models.ForeignKey(EscalationPolicy, on_delete=models.PROTECT, related_name="services")


class EscalationState(models.TextChoices):
    """`exhausted`: every round is over; catch-all people are paged until someone answers."""

    RUNNING = "running"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


class Escalation(models.Model):
    """Paging about one subject by one policy, or of one person (`called`), until answered or over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    subject_reference = models.CharField(max_length=80)
    subject_title = models.CharField(max_length=300)
    subject_url = models.CharField(max_length=300)
    subject_restricted = models.BooleanField(default=False)
    severity = models.CharField(max_length=10, choices=[(s.value, s.word) for s in Severity])
    kind = models.CharField(max_length=40, blank=True, default="")
    summary = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    service_ids = models.JSONField(default=list)
    policy = models.ForeignKey(EscalationPolicy, on_delete=models.SET_NULL, null=True, related_name="+")
    called = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    target_key = models.CharField(max_length=64)
    shared = models.JSONField(default=list)
    """What a personal call asks for that somebody else may answer as well; empty: only the person called may."""
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=EscalationState.choices, default=EscalationState.RUNNING)
    memory = models.JSONField(default=dict)
    before_answer = models.JSONField(default=dict)
    declined = models.JSONField(default=list)
    reported = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_name = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_via = models.CharField(max_length=40, blank=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "target_key"],
                condition=~models.Q(state="stopped"),
                name="oncall_one_open_escalation",
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="oncall_escalation_subject")]


class PageState(models.TextChoices):
    """`answered`: by someone else. `superseded`: the same person was paged again since."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    SUPERSEDED = "superseded"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"
    EXPIRED = "expired"


class Page(models.Model):
    """One person called once. `wave` is the call it belongs to, the same for all paged together.

    `plan` is what still rings by the person's own rules: [when (ISO), method ids, held back before]. `ring_at` is when
    to look at it again, `ring_set_at` when that was set (a clock set back shows by it).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="pages")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    wave = models.CharField(max_length=40)
    why = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    urgency = models.CharField(max_length=16)
    step = models.IntegerField()
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=PageState.choices, default=PageState.OPEN)
    paged_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    via = models.CharField(max_length=40, blank=True)
    plan = models.JSONField(default=list)
    ring_at = models.DateTimeField(null=True)
    ring_set_at = models.DateTimeField(null=True)
    tried: set[str] | None = None
    """Ids of the methods used so far, once they were read; not a column."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "wave", "person"], name="oncall_one_page_per_call")
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="oncall_page_expiry"),
            models.Index(fields=["person", "state"], name="oncall_page_person"),
            models.Index(fields=["paged_at"], name="oncall_page_age"),
        ]


class PersonalRules(models.Model):
    """How one person wants to be paged: `rules` are {urgency: [{after (seconds), methods (ids)}]}, and quiet hours."""

    person = models.OneToOneField("accounts.User", on_delete=models.CASCADE, primary_key=True, related_name="+")
    rules = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    all_clear = models.CharField(max_length=8, choices=[(w.value, w.value) for w in Wish], default=Wish.QUIETLY.value)


class Ended(models.Model):
    """What was sent about a subject that is over, and whether its reader heard so. One row for each message, once;
    another when somebody took it before, and one when it was mitigated.

    `person` null: a webhook of a step. `edit_only`: its reader knows; only what stands in a chat is changed. `due_at`
    null: settled, as `outcome` says.
    """

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    delivery_key = models.CharField(max_length=120)
    how = models.CharField(max_length=12, choices=[(h.value, h.value) for h in How])
    by = models.CharField(max_length=200, blank=True)
    edit_only = models.BooleanField(default=False)
    over_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery_key"],
                condition=~models.Q(how__in=[How.TAKEN.value, How.MITIGATED.value]),
                name="oncall_ended_once",
            ),
            models.UniqueConstraint(
                fields=["delivery_key"], condition=models.Q(how=How.MITIGATED.value), name="oncall_mitigated_once"
            ),
            models.UniqueConstraint(
                fields=["delivery_key"], condition=models.Q(how=How.TAKEN.value), name="oncall_taken_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="oncall_ended_due", condition=models.Q(due_at__isnull=False)),
        ]


class PageLink(models.Model):
    """A page sent to one contact method, with its own link. Only the hash of the link's token is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="links")
    destination = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    delivery_key = models.CharField(max_length=80, unique=True)
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    opened_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField()
