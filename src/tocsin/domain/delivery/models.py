"""Destinations, and the ledger of what was sent to them. No I/O and no decisions here."""

from django.conf import settings
from django.db import models

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.domain.delivery.rules import SETTLED, State
from tocsin.kernel.ids import new_id


class Destination(models.Model):
    """Where messages can go: a mailbox, a webhook, a chat. Without a person it belongs to the organisation.

    Address and config stand sealed, because for many kinds they are the secret; `address_hint` may be shown.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    audience = models.CharField(max_length=40, blank=True, default="")
    """Whose list of strangers it is on ('statuspage'); empty for people here and for the organisation's own."""
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=80, blank=True)
    address = SealedTextField()
    address_hash = models.CharField(max_length=64)
    address_hint = models.CharField(max_length=160)
    config = SealedTextField(default="{}")
    position = models.PositiveIntegerField(default=0)
    enabled = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    ended = models.CharField(max_length=200, blank=True, default="")
    """Why it was switched off by what its provider or its owner said there; '' when a person did it or never."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "address_hash"], name="delivery_one_per_person"),
            models.UniqueConstraint(
                fields=["kind", "address_hash", "audience"],
                condition=models.Q(person=None),
                name="delivery_one_shared",
            ),
        ]


class Delivery(models.Model):
    """One message to one destination. `state` is what is known, never what is hoped (see rules.State)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=60)
    destination = models.ForeignKey(Destination, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    address_hint = models.CharField(max_length=160)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    subject_reference = models.CharField(max_length=120, blank=True)
    subject_url = models.CharField(max_length=300, blank=True)
    message = SealedTextField()
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.QUEUED)
    stop_reason = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "created_at"], name="delivery_of_subject"),
            models.Index(fields=["created_at"], name="delivery_by_age"),
            models.Index(
                fields=["state"],
                name="delivery_unsettled",
                condition=~models.Q(state__in=sorted(s.value for s in SETTLED)),
            ),
        ]


class Attempt(models.Model):
    """One try. Written when it begins; an empty outcome means that it is under way, or that its engine died."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="delivery_attempt_number")]


class Webhook(models.Model):
    """A subscription of a program to events. It sees what its owner sees, never more.

    `types` are names of events, `room.*` or `*`. `state`: active, paused by a person, or quarantined after repeated
    failure; what happens meanwhile waits.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    url = SealedTextField()
    url_hint = models.CharField(max_length=160)
    types = models.JSONField(default=list)
    secret = SealedTextField()
    previous_secret = SealedTextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="active")
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class Notice(models.Model):
    """One event for one webhook. Its id is the `webhook-id` of every attempt; the body never changes.

    `state`: waiting, held (paused or quarantined), sent, failed, suppressed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="notices")
    entry = models.BigIntegerField(null=True)
    type = models.CharField(max_length=80)
    stream = models.CharField(max_length=120, blank=True)
    audience = models.CharField(max_length=80, blank=True)
    body = SealedTextField()
    state = models.CharField(max_length=12, default="waiting")
    answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "entry"], name="delivery_one_notice_per_event")]
        indexes = [
            models.Index(fields=["webhook", "created_at"], name="delivery_notices_by_age"),
            models.Index(fields=["created_at"], name="delivery_notices_old"),
        ]


class NoticeAttempt(models.Model):
    """One try to post a notice. An empty outcome: it is under way, or its engine died."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="delivery_notice_attempt")]


class Channel(models.Model):
    """The organisation's account with a vendor. `problem` is what the last connecting said; '' when it went well."""

    name = models.CharField(max_length=40, primary_key=True)
    config = SealedTextField(default="{}")
    changed_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)


class Heard(models.Model):
    """Something that a vendor said through its door, by the vendor's own name for it: heard once, acted upon once."""

    id = models.BigAutoField(primary_key=True)
    vendor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "name"], name="delivery_heard_once")]
        indexes = [models.Index(fields=["at"], name="delivery_heard_old")]
