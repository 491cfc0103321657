"""Tables of incidents: what is true now. How it became so stands in the event log, never here.

Only `commands` writes them; nothing outside this room imports them.
"""

from django.db import models
from django.db.models import Q

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.kernel.ids import new_id


class Counter(models.Model):
    """The next human number of a kind of thing. Its row is the lock that orders the opening of incidents."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Incident(models.Model):
    """One emergency. `version` grows with every change, so that two people cannot overwrite each other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)

    severity = models.CharField(max_length=20)
    severity_source = models.CharField(max_length=20)
    alert_severity = models.CharField(max_length=20, blank=True)
    """The worst that an alert of it ever said; only worse than this raises it again."""
    severity_reached = models.JSONField(default=dict)
    """Since when it was known to be as severe, by severity: what a raise asks for counts from there."""
    matrix_version = models.PositiveIntegerField()
    targets_version = models.PositiveIntegerField(default=1)
    answers = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    override_reason = models.TextField(blank=True)
    assessed_at = models.DateTimeField(null=True)
    assessed_facts = models.JSONField(default=dict)
    """What was known when people sized it last: alert groups, services, the worst alert. Anything new since is news."""
    visible_to_users = models.BooleanField(default=False)
    unrouted = models.TextField(blank=True)
    root_cause = models.TextField(blank=True)

    alarm_at = models.DateTimeField()
    declared_at = models.DateTimeField(null=True)
    triaged_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    first_acknowledged_by = models.CharField(max_length=40, blank=True)
    team_activated_at = models.DateTimeField(null=True)
    engaged_at = models.DateTimeField(null=True)
    public_post_at = models.DateTimeField(null=True)
    internal_update_at = models.DateTimeField(null=True)
    public_update_at = models.DateTimeField(null=True)
    mitigated_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    alerts_quiet_at = models.DateTimeField(null=True)
    bad_signal_at = models.DateTimeField(null=True)
    """When an alert or a check last spoke against it being over; a validation older than this proves nothing."""
    resolved_without = models.TextField(blank=True)

    restricted = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)
    """Of a drill: once it is over, lists and measures leave it out."""
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    merge_memory = models.JSONField(default=dict)
    """Of a merged one: what it was and what went over, so that the merge can be taken back."""
    continues = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Lists and counts read this alone, never the wide rows: all that decides who sees what, and the order.
            models.Index(
                fields=["state", "-alarm_at", "-number", "id", "restricted", "practice", "severity"],
                name="incidents_listed",
            ),
            models.Index(fields=["-alarm_at"], name="incidents_by_alarm"),
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="incidents_restricted"),
        ]

    @property
    def reference(self) -> str:
        """`INC-42`: how people name it."""
        return f"INC-{self.number}"

    @property
    def url(self) -> str:
        """Path of its hub."""
        return f"/incidents/{self.reference}/"


class AffectedService(models.Model):
    """A service that the incident touches."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "service"], name="incidents_service_once")]


class Member(models.Model):
    """A person who may see a restricted incident although no role of theirs says so."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="incidents_member_once")]


class IncidentGroup(models.Model):
    """A group of alerts that belongs to an incident; `current` in one incident at a time.

    What the group said is kept here: alert rows are pruned long before incidents.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    group_id = models.UUIDField()
    current = models.BooleanField(default=True)
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=20)
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    integration_id = models.CharField(max_length=36, blank=True)
    integration = models.CharField(max_length=80, blank=True)
    unrouted = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    joined_at = models.DateTimeField()
    quiet_at = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group_id"], condition=Q(current=True), name="incidents_group_in_one_incident"
            ),
            models.UniqueConstraint(fields=["incident", "group_id"], name="incidents_group_once"),
        ]


class RoleHolder(models.Model):
    """Who holds a role, or was offered it. One holder and one open offer per role of an incident."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=40)
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    accepted = models.BooleanField(default=True)
    handed_over_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True)
    """What was said to them with the offer."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "role", "accepted"],
                condition=Q(ended_at__isnull=True),
                name="incidents_role_one_holder",
            )
        ]


class RoleKind(models.Model):
    """What a role of this house asks for; a slug that the house does not know is a role of its own."""

    slug = models.CharField(max_length=40, primary_key=True)
    skills = models.JSONField(default=list)
    duties = models.JSONField(default=list)
    """Standing duties in order: {"text": ..., "minutes": ...}, the minutes counted from taking the role."""


class Duty(models.Model):
    """A standing duty of a role in one incident, copied when somebody first took the role; ticked when done."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "role", "position"], name="incidents_duty_once")]


class Task(models.Model):
    """Something to do for the incident, with an owner and a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=300)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, default="open")
    kind = models.CharField(max_length=20, default="task")
    """`fix`: it removes the cause for good; `task`: anything else."""
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    template_id = models.UUIDField(null=True)
    """The template it came from, so that the same list is not added twice."""
    version = models.PositiveIntegerField(default=1)


class TaskTemplate(models.Model):
    """What is to be done in incidents of a kind and severity. An empty `kind` or `severity` suits every one.

    `items`: `{title, owner, minutes}`; `owner` is empty, `person:<id>` or `role:<slug>`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, blank=True)
    severity = models.CharField(max_length=20, blank=True)
    items = models.JSONField(default=list)


class IncidentLink(models.Model):
    """Two incidents that have to do with each other. `relation`: what `incident` is to `other`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    relation = models.CharField(max_length=20)
    linked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "other", "relation"], name="incidents_link_once"),
            models.CheckConstraint(condition=~Q(incident=models.F("other")), name="incidents_link_to_another"),
        ]


class OutsideLink(models.Model):
    """A ticket elsewhere, or a conference (bridge). Without an incident: the bridge that every incident offers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=200)
    url = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    pin = SealedTextField(blank=True)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(incident__isnull=True), name="incidents_one_bridge_for_all"
            )
        ]


class Note(models.Model):
    """That somebody wrote something. The words stand in the log alone, each correction as an entry of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    audience = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)


class Mention(models.Model):
    """When a person was last told that an incident mentions them, so that a lively chat does not ring all night."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="incidents_mention_once")]


class Decision(models.Model):
    """A decision that stands until it is revoked. Its words are in the log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    note = models.ForeignKey(Note, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["note"],
                condition=Q(note__isnull=False, revoked_at__isnull=True),
                name="incidents_decision_of_note_once",
            )
        ]


class StatusUpdate(models.Model):
    """What was told, inside and outside: two texts, never copied into each other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    internal = models.TextField(blank=True)
    public = models.TextField(blank=True)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class Deadline(models.Model):
    """Something due by a moment. A met one is kept; an open one moves when severity changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    at_risk_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(met_at__isnull=True), name="incidents_deadline_once"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(met_at__isnull=True), name="incidents_deadlines_open")]


class Validation(models.Model):
    """Whether a fix holds, as the signals said at that moment. Kept for good, also the failed ones."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    passed = models.BooleanField()
    gates = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["incident", "-at"], name="incidents_validations")]


class LinkedChange(models.Model):
    """A deploy, commit or reconfiguration that caused or mended it. What it said is kept here: changes are pruned."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    change_id = models.UUIDField(null=True)
    summary = models.CharField(max_length=300)
    source = models.CharField(max_length=200, blank=True)
    url = models.TextField(blank=True)
    part = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    linked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "change_id"], condition=Q(change_id__isnull=False), name="incidents_change_once"
            )
        ]


class Attachment(models.Model):
    """A file that someone brought to the incident. Its bytes stand in the house's own folder under its id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Responder(models.Model):
    """A person and this incident's call: asked, joined, declined, stood down; and how long they have worked on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    role = models.CharField(max_length=40, blank=True)
    """The role they were called for; it is theirs once they join, if nobody holds it then."""
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    """Since when they have worked on it without a break; None while they do not."""
    worked_seconds = models.PositiveIntegerField(default=0)
    """What they had worked before `since`."""
    reason = models.TextField(blank=True)
    come_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person"], name="incidents_responder_once")]
        indexes = [models.Index(fields=["person", "state"], name="incidents_responder_of")]


class TeamTemplate(models.Model):
    """Whom to call together for a kind and size of incident. Empty `severities` suit every size."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, blank=True)
    severities = models.JSONField(default=list)
    people = models.JSONField(default=list)
    teams = models.JSONField(default=list)
    schedules = models.JSONField(default=list)
    """Ids of schedules: whoever is on call by them at that moment."""
    roles = models.JSONField(default=list)
    """Roles that the team is to fill, by slug."""
