"""Tables of what was learned, and of templates to declare from. Only `commands` writes them."""

from django.db import models

from tocsin.kernel.ids import new_id


class Lesson(models.Model):
    """What people made of one incident that alerts had made: its features, and what they said it was.

    `outcome`: a kind, or `dismissed`. A forgotten lesson stays, so that forgetting can be undone.
    """

    incident = models.OneToOneField("incidents.Incident", primary_key=True, on_delete=models.CASCADE, related_name="+")
    features = models.JSONField(default=list)
    outcome = models.CharField(max_length=20)
    severity = models.CharField(max_length=20)
    at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="triage_lessons")]


class Learned(models.Model):
    """What all lessons together say: counts by feature, and the confidence from which it was right often enough."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    content = models.JSONField(default=dict)
    trained_at = models.DateTimeField()


class IncidentTemplate(models.Model):
    """How to declare an incident of a known sort: its name, who is needed, what is to be done, what is said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    severity = models.CharField(max_length=20)
    summary = models.TextField(blank=True)
    services = models.JSONField(default=list)
    """[id, name] of each: the name says what is meant when the service is gone."""
    roles = models.JSONField(default=list)
    """[role, id of a person or empty] of each to fill."""
    tasks = models.JSONField(default=list)
    """[title, minutes until due or 0] of each."""
    message = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
