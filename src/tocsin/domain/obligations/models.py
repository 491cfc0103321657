"""Tables of legal clocks: what is known of an incident for them, what is owed, what was sent, what was decided.

Only `commands` writes them; nothing outside this room imports them. Rows of the register are never changed.
"""

from django.db import models

from tocsin.kernel.ids import new_id


class LegalFile(models.Model):
    """What the clocks of one incident depend on. `edition`: the book it was opened with, until re-planned.

    `facts`: yes or no by name; `numbers` by name; `moments`: ISO times by trigger. What is absent nobody knows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField("incidents.Incident", on_delete=models.CASCADE, related_name="+")
    edition = models.PositiveIntegerField()
    facts = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    moments = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()


class Considered(models.Model):
    """What was decided about a regime: `applies` or `set_aside`. Without a row it is only proposed."""

    file = models.ForeignKey(LegalFile, on_delete=models.CASCADE, related_name="+")
    regime = models.CharField(max_length=60)
    state = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "regime"], name="obligations_regime_once")]


class Obligation(models.Model):
    """One clock of a regime that applies, as it runs. Everything but hold, waiver and alarms follows from the plan."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(LegalFile, on_delete=models.CASCADE, related_name="+")
    regime = models.CharField(max_length=60)
    clock = models.CharField(max_length=60)
    starts_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    at_risk_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    hold_reason = models.TextField(blank=True)
    waived = models.TextField(blank=True)
    """Why it is not applicable; empty: it is owed."""
    why_not = models.TextField(blank=True)
    waits_for = models.TextField(blank=True)
    moved = models.TextField(blank=True)
    quiet = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "regime", "clock"], name="obligations_clock_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(met_at=None, why_not=""), name="obligations_open")
        ]


class Submission(models.Model):
    """A report that was sent. There may be several of one obligation; the latest starts the next clock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    reference = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()


class RegisterEntry(models.Model):
    """One line of the register of decisions: who decided what about which duty, when and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="+")
    regime = models.CharField(max_length=60, blank=True)
    regime_name = models.CharField(max_length=120, blank=True)
    owed = models.CharField(max_length=200, blank=True)
    decision = models.CharField(max_length=20)
    said = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    edition = models.PositiveIntegerField()
    by = models.CharField(max_length=200)
    person = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["incident", "at"], name="obligations_register")]
