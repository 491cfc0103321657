"""Tables of reports: what was known, what people wrote, how the review went, what is to be done.

The generated and the hand-written never share a column: regenerating writes `Report.known` only. Only `commands`
writes them; nothing outside this room imports them.
"""

from django.db import models

from tocsin.kernel.ids import new_id


class Report(models.Model):
    """The report of one incident. `known` is its snapshot; `version` grows with every change of it or its review."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default="draft")
    version = models.PositiveIntegerField(default=1)
    known = models.TextField()
    generation = models.PositiveIntegerField(default=1)
    generated_at = models.DateTimeField()
    generated_by = models.CharField(max_length=200)
    changes = models.JSONField(default=list)
    """What the last regeneration changed, part by part."""
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state"], name="knowledge_by_state")]


class Section(models.Model):
    """What a person wrote into one part. A regeneration never touches it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="knowledge_section_once")]


class Lesson(models.Model):
    """A lesson or recommendation. `rule` names the rule that proposed it, empty for one of a person.

    `proposed` is what the rule says, `text` what people made of it. `state`: proposed, accepted or dismissed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    rule = models.CharField(max_length=60, blank=True)
    proposed = models.TextField(blank=True)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=list)
    state = models.CharField(max_length=20, default="proposed")
    current = models.BooleanField(default=True)
    """False when the facts of the last generation no longer suggest it."""
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "rule"], condition=~models.Q(rule=""), name="knowledge_proposal_once"
            )
        ]


class ActionItem(models.Model):
    """What is to be done so that it does not happen again. `state`: open, done or dropped."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="knowledge_items")
    title = models.CharField(max_length=300)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, default="open")
    link = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="knowledge_items_due")]


class ReviewStep(models.Model):
    """One step of the review: who did what when."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    note = models.TextField(blank=True)


class Print(models.Model):
    """A PDF of one content, known by the hash of that content. `state`: queued, ready or failed, with the reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    content_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=20, default="queued")
    error = models.TextField(blank=True)
    content = models.TextField(blank=True)
    """What is to be typeset, until it is."""
    file = models.BinaryField(null=True)
    pages = models.PositiveIntegerField(default=0)
    standard = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "content_hash"], name="knowledge_print_once")]
