"""Tables of the event log. Entries are only ever added; the database itself refuses anything else (`guard`)."""

from django.db import models

from tocsin.kernel.chain import GENESIS


class Stream(models.Model):
    """Head of one subject's chain; its row is the lock that orders writers."""

    key = models.CharField(max_length=120, primary_key=True)
    head_seq = models.BigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default=GENESIS)
    checkpointed_seq = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["key"],
                name="events_unsigned",
                condition=models.Q(head_seq__gt=models.F("checkpointed_seq")),
            )
        ]


class Entry(models.Model):
    """One event as it was recorded. `data` is canonical JSON text: the hash covers these very bytes."""

    stream = models.CharField(max_length=120)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=80)
    actor_id = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    audience = models.CharField(max_length=120, blank=True)
    data = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="events_one_per_seq")]
        indexes = [models.Index(fields=["recorded_at"], name="events_recorded")]


class Checkpoint(models.Model):
    """A signature over the heads of all streams that changed since the checkpoint before it."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    body = models.TextField()
    key = models.CharField(max_length=40)
    signature = models.CharField(max_length=128)


class Verification(models.Model):
    """One reading of the whole log: asked for by a person or by the clock, done by an engine."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True)
    read = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    checkpoints = models.BigIntegerField(default=0)
    faults = models.JSONField(default=list)
    fault_count = models.BigIntegerField(default=0)
