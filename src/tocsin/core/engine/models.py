"""Work as rows: what is due, who leases it, who is alive."""

from django.db import models


class Job(models.Model):
    """One piece of work that waits for its time. Removed when done; `dead` when it is given up.

    `lease_until` in the past with a holder means that a holder died on the way: its outcome is unknown.
    `lease_version` counts leases and moves. `interrupted` is set by who leases it: an earlier holder died.
    """

    interrupted = False

    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120, null=True)
    lane = models.CharField(max_length=80, blank=True)
    payload = models.TextField()
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_version = models.BigIntegerField(default=0)
    leased_by = models.CharField(max_length=80, blank=True)
    last_error = models.TextField(blank=True)
    dead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="engine_one_live_job_per_key", condition=models.Q(dead=False)
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="engine_due", condition=models.Q(dead=False)),
            models.Index(fields=["created_at"], name="engine_dead", condition=models.Q(dead=True)),
        ]


class Engine(models.Model):
    """A process that works, and when it last said so."""

    name = models.CharField(max_length=80, primary_key=True)
    host = models.CharField(max_length=120)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    breakers = models.JSONField(default=dict)


class Turn(models.Model):
    """The lease on a periodic worker, or on one shard of a drain: at most one engine has it."""

    name = models.CharField(max_length=80)
    shard = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_version = models.BigIntegerField(default=0)
    leased_by = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(null=True)
    duration_ms = models.IntegerField(default=0)
    runs = models.BigIntegerField(default=0)
    failures = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "shard"], name="engine_one_turn")]
