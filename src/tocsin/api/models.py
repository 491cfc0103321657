"""Answers that are kept for a day, so that a request sent twice is done once."""

from datetime import timedelta

from django.db import models

KEPT = timedelta(hours=24)


class Remembered(models.Model):
    """One request with an `Idempotency-Key`, of one actor. `status` 0: it is being worked on until `lease_until`."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(db_index=True)
    lease_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="api_one_answer_per_key")]
