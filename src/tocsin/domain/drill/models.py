"""The table of drills: how far each has come, and all that it made, so that anybody can tidy up after it."""

from django.db import models
from django.db.models import Q

from tocsin.kernel.ids import new_id


class Drill(models.Model):
    """One rehearsal. While it is under way its player beats; without a beat somebody else tidies up."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scenario = models.CharField(max_length=20)
    by = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    """Of an ended one: done, cancelled, failed or abandoned."""
    by_itself = models.BooleanField(default=False)
    order = models.CharField(max_length=20, blank=True)
    """What the person at the screen asked for last; the player takes it away."""
    steps = models.JSONField(default=list)
    made = models.JSONField(default=dict)
    incident = models.CharField(max_length=36, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario"], condition=Q(ended_at__isnull=True), name="drill_one_at_a_time")
        ]
