"""What was found about reachability, since when, and who was told. Decides nothing."""

from django.db import models
from django.db.models import Q

from tocsin.domain.oncall.rules.urgency import Severity
from tocsin.kernel.ids import new_id


class Finding(models.Model):
    """One thing that would keep a page from reaching somebody, until it is mended (`ended_at`).

    `key` names the fault, so that a repeated audit finds the same row. `person_id` and `roles` say who can mend it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=10, choices=[(s.value, s.word) for s in Severity])
    sentence = models.TextField()
    mend = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    person_id = models.CharField(max_length=36, blank=True)
    roles = models.JSONField(default=list)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(ended_at__isnull=True), name="assurance_one_open_finding"
            )
        ]
        indexes = [models.Index(fields=["ended_at"], name="assurance_finding_ended")]


class TestRound(models.Model):
    """A test of everyone who was on call when it began. An empty `schedule`: by all of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schedule = models.CharField(max_length=120, blank=True)
    asked_by = models.CharField(max_length=36, blank=True)
    asked_by_name = models.CharField(max_length=200)
    started_at = models.DateTimeField()


class TestPage(models.Model):
    """One test page of one person. What came of it stands with the pages and deliveries themselves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(TestRound, on_delete=models.CASCADE, null=True, related_name="tests")
    asked_by = models.CharField(max_length=36, blank=True)
    asked_by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="assurance_tests_of_person")]


class Notice(models.Model):
    """When a person was last told of findings, and last got the daily digest; one row per person."""

    person_id = models.CharField(max_length=36, primary_key=True)
    told_at = models.DateTimeField(null=True)
    digest_on = models.DateField(null=True)


class Pulse(models.Model):
    """A synthetic page on its way round, and when it passed each stage; kept for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    begun = models.DateTimeField(db_index=True)
    accepted = models.DateTimeField(null=True)
    folded = models.DateTimeField(null=True)
    grouped = models.DateTimeField(null=True)
    escalated = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)
    recorded = models.DateTimeField(null=True)
    told = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
