"""Tables of checks: what is asked, how it stands, what was answered, and the answers summed up by time.

Never decides anything; only the `commands` of this room write to them.
"""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.kernel.clock import now
from tocsin.kernel.ids import new_id


class Check(models.Model):
    """Something asked again and again. A removed one is forgotten bit by bit, its log stays.

    `fail_after` and `recover_after`: how many answers in a row make it failing, or well again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    target = models.TextField(blank=True, default="")
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    interval = models.DurationField(default=timedelta(seconds=30))
    timeout = models.DurationField(default=timedelta(seconds=10))
    expect = models.JSONField(default=dict)
    severity = models.CharField(max_length=10, default="high")
    fail_after = models.PositiveSmallIntegerField(default=2)
    recover_after = models.PositiveSmallIntegerField(default=2)
    token = SealedTextField(blank=True, default="")
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="monitoring_check_name"),
            models.CheckConstraint(
                condition=Q(fail_after__gte=1, recover_after__gte=1), name="monitoring_check_thresholds"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CheckState(models.Model):
    """How a check stands. Apart from `Check`: it changes with every answer.

    `good` and `bad` count answers in a row; `told_at` is when its alert was last raised; `until` when what it
    looked at runs out (a certificate).
    """

    check_row = models.OneToOneField(
        Check, on_delete=models.CASCADE, primary_key=True, related_name="standing", db_column="check_id"
    )
    state = models.CharField(max_length=8, default="unknown")
    since = models.DateTimeField(null=True)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    bad_since = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_ok = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")
    latency_ms = models.IntegerField(null=True)
    until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)


class CheckResult(models.Model):
    """One answer, kept for a day; one that failed, for two weeks."""

    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="+", db_column="check_id")
    at = models.DateTimeField()
    ok = models.BooleanField()
    latency_ms = models.IntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["check_row", "-at"], name="monitoring_results"),
            models.Index(fields=["at"], name="monitoring_results_age"),
        ]


class CheckSpan(models.Model):
    """All answers of a check in one span of `seconds` (5 minutes, an hour, a day in UTC), summed up."""

    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="+", db_column="check_id")
    seconds = models.IntegerField()
    at = models.DateTimeField()
    runs = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    timed = models.IntegerField(default=0)
    latency_sum = models.BigIntegerField(default=0)
    latency_max = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_row", "seconds", "at"], name="monitoring_one_span"),
        ]
        indexes = [models.Index(fields=["seconds", "at"], name="monitoring_spans_age")]
