"""Tables of staff alerts: what was sent to whom, and what each answered. Only `commands` writes them."""

from django.db import models

from tocsin.kernel.ids import new_id


class StaffAlert(models.Model):
    """One message to many people who must answer it. `wave` counts how often it was sent to those without an answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    severity = models.CharField(max_length=10)
    question = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=list)
    """Words to choose from, in order."""
    audience = models.JSONField(default=dict)
    incident = models.CharField(max_length=36, blank=True)
    incident_reference = models.CharField(max_length=40, blank=True)
    restricted = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)
    repeat_weeks = models.PositiveSmallIntegerField(default=0)
    """A drill that comes again so many weeks later, as a further alert of the same `series`."""
    series = models.UUIDField(null=True, db_index=True)
    every_seconds = models.PositiveIntegerField(default=0)
    most = models.PositiveSmallIntegerField(default=1)
    wave = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12)
    total = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="broadcasts_newest")]

    @property
    def reference(self) -> str:
        """`ALERT-7`: how people name it."""
        return f"ALERT-{self.number}"

    @property
    def url(self) -> str:
        """Path of its results."""
        return f"/staff-alerts/{self.reference}/"


class Recipient(models.Model):
    """One person and one alert. `wave` is the last one that went out to them."""

    alert = models.ForeignKey(StaffAlert, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    site = models.CharField(max_length=60, blank=True)
    wave = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, default="waiting")
    answer = models.CharField(max_length=60, blank=True)
    via = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="broadcasts_person_once")]
        indexes = [models.Index(fields=["alert", "state", "wave"], name="broadcasts_due")]
