"""Tables of sources, accepted but unread alerts, alerts, groups, routes, silences and changes.

Never decides anything; only the `commands` of this room write to them.
"""

from django.db import models
from django.db.models import Q

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id


class Integration(models.Model):
    """A source of alerts with a key of its own. A removed one stays, so that its alerts keep their origin.

    `every`: how often the source speaks when all is well (a watchdog); None when it has no rhythm.
    The key before the last rotation works until `old_key_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    key = SealedTextField()
    key_hash = models.CharField(max_length=64, unique=True)
    old_key_hash = models.CharField(max_length=64, blank=True, default="")
    old_key_until = models.DateTimeField(null=True)
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    every = models.DurationField(null=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class SourceState(models.Model):
    """When a source was last heard, and since when it is silent. Apart from `Integration`: it changes all the time."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)


class InboxItem(models.Model):
    """One accepted signal, not yet folded: raw bytes and the columns that say who folds it.

    No foreign key: an integration removed meanwhile must not make everybody's group commit fail.
    """

    integration = models.UUIDField()
    source = models.CharField(max_length=40)
    shard = models.SmallIntegerField()
    key = models.CharField(max_length=64)
    raw = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["shard", "id"], name="alerts_inbox_order")]


class IntakeMinute(models.Model):
    """How many signals of a shard arrived in a minute. A row for each shard: only its holder counts."""

    at = models.DateTimeField()
    shard = models.SmallIntegerField()
    signals = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["at", "shard"], name="alerts_one_minute")]


class DeadLetter(models.Model):
    """A signal that could not be folded, kept with the reason so that nothing is lost silently."""

    integration = models.UUIDField()
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    buried_at = models.DateTimeField()
    error = models.TextField()


class Route(models.Model):
    """Alerts that meet the matchers go to a service and its policy. `matchers`: list of [name, op, value]."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.IntegerField()
    name = models.CharField(max_length=120)
    matchers = models.JSONField(default=list)
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    policy_id = models.CharField(max_length=36, blank=True, default="")
    group_by = models.JSONField(default=list)
    continues = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)


class AlertGroup(models.Model):
    """Alerts of one route that agree in the labels grouped by, until they have been quiet for a while.

    `firing` and `stale` count its alerts in those states; `added` those that came since it last spoke. `further`:
    [service, policy] of each further route that takes its alerts as well.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    current = models.BooleanField(default=True)
    state = models.CharField(max_length=8, default="open")
    title = models.TextField()
    labels = models.JSONField(default=dict)
    severity = models.CharField(max_length=10)
    told_severity = models.CharField(max_length=10, blank=True, default="")
    integration = models.ForeignKey(Integration, null=True, on_delete=models.SET_NULL, related_name="+")
    route = models.ForeignKey(Route, null=True, on_delete=models.SET_NULL, related_name="+")
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    services = models.JSONField(default=list)
    policy_id = models.CharField(max_length=36, blank=True, default="")
    further = models.JSONField(default=list)
    unrouted = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    flushed_at = models.DateTimeField(null=True)
    flush_at = models.DateTimeField(null=True)
    quiet_at = models.DateTimeField(null=True)
    firing = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    added = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(current=True), name="alerts_one_current_group")
        ]
        indexes = [models.Index(fields=["state", "-created_at"], name="alerts_group_state")]


class Alert(models.Model):
    """One alert, from its first signal to its resolve. `current` marks the latest of its key.

    `told` is a digest of what its source said last, by which a mere repetition is known.
    `muted` while anything keeps it quiet: ids of silences, of inhibitions, of maintenance windows stand beside it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64)
    current = models.BooleanField(default=True)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    dedup_key = models.CharField(max_length=255, blank=True, default="")
    told = models.CharField(max_length=16, blank=True, default="")
    title = models.TextField()
    severity = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    labels = models.JSONField(default=dict)
    annotations = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    url = models.TextField(blank=True, default="")
    extra = models.JSONField(default=dict)
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    group = models.ForeignKey(AlertGroup, null=True, on_delete=models.SET_NULL, related_name="+")
    silenced_by = models.JSONField(default=list)
    inhibited_by = models.JSONField(default=list)
    maintained_by = models.JSONField(default=list)
    muted = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    signal_at = models.DateTimeField(null=True)
    count = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(current=True), name="alerts_one_current_alert")
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["firing", "acknowledged"]),
                name="alerts_to_expire",
            ),
            models.Index(fields=["state", "-starts_at", "-id"], name="alerts_list"),
            models.Index(fields=["-starts_at", "-id"], name="alerts_newest"),
            models.Index(fields=["state"], condition=Q(muted=True), name="alerts_muted"),
        ]


class Silence(models.Model):
    """Alerts that meet the matchers page nobody until it ends. With an integration: only alerts of that one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matchers = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    author = models.CharField(max_length=200)
    comment = models.TextField()
    updated_at = models.DateTimeField()
    integration = models.ForeignKey(Integration, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="alerts_silence_ends")]


class Inhibition(models.Model):
    """While an alert that meets `source` fires, those that meet `target` and agree in `equal` labels page nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    source = models.JSONField(default=list)
    target = models.JSONField(default=list)
    equal = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    author = models.CharField(max_length=200)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class InhibitionSide(models.Model):
    """An open alert that stands on a side of an inhibition; `equal` is a hash of the labels that must agree."""

    inhibition = models.ForeignKey(Inhibition, on_delete=models.CASCADE, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+")
    equal = models.CharField(max_length=64)
    is_source = models.BooleanField()
    is_target = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inhibition", "alert"], name="alerts_one_side_each")]
        indexes = [models.Index(fields=["inhibition", "equal"], name="alerts_inhibition_equal")]


class Maintenance(models.Model):
    """Planned work: alerts that it covers page nobody while it lasts.

    `first` is a time on the wall in `zone`, `rule` how it repeats (RRULE; empty: once). `starts_at` and `ends_at` are
    of the occurrence under way or next; both None when none is left.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    services = models.JSONField(default=list)
    matchers = models.JSONField(default=list)
    zone = models.CharField(max_length=64)
    first = models.CharField(max_length=19)
    lasts = models.DurationField()
    rule = models.CharField(max_length=200, blank=True, default="")
    critical_pages = models.BooleanField(default=False)
    comment = models.TextField(blank=True, default="")
    author = models.CharField(max_length=200)
    updated_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="alerts_maintenance_ends")]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """Something was deployed or reconfigured. Changes are shown beside alerts; they never notify."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    summary = models.TextField()
    source = models.TextField(blank=True, default="")
    links = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-happened_at"], name="alerts_change_time")]
