"""The page, its components and their history, what was published, who subscribed, and the bytes that are served."""

from django.db import models
from django.db.models import Q

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.kernel.ids import new_id, new_key


def new_code() -> str:
    """An id as Statuspage v2 has them: 12 lower-case letters and digits."""
    return new_key(12)


class Page(models.Model):
    """The one public page. `published` False: strangers find nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    single = models.BooleanField(default=True, unique=True)
    code = models.CharField(max_length=12, default=new_code, unique=True)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=300, blank=True)
    support_url = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    languages = models.JSONField(default=list)
    published = models.BooleanField(default=True)
    opens_by_itself = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)


class Group(models.Model):
    """Components shown under one heading."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, default=new_code, unique=True)
    name = models.CharField(max_length=120, unique=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class Component(models.Model):
    """A part of what users know. Never deleted once published: `removed_at` keeps its history readable."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, default=new_code, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    service = models.ForeignKey("catalog.Service", null=True, on_delete=models.SET_NULL, related_name="+")
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=24, default="operational")
    showcase = models.BooleanField(default=True)
    only_show_if_degraded = models.BooleanField(default=False)
    start_date = models.DateField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="statuspage_component_name")
        ]


class StatusSpan(models.Model):
    """A component was in this state for a while; the open one is its state now."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=24)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["component"], condition=Q(until=None), name="statuspage_one_status_now")
        ]
        indexes = [models.Index(fields=["component", "since"], name="statuspage_span_by_time")]


class PublicIncident(models.Model):
    """An incident or scheduled maintenance as the public reads it. `incident` is the one inside, if there is one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, default=new_code, unique=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=20)
    impact = models.CharField(max_length=12)
    impact_set = models.BooleanField(default=False)
    incident = models.ForeignKey("incidents.Incident", null=True, on_delete=models.SET_NULL, related_name="+")
    next_update_at = models.DateTimeField(null=True)
    scheduled_for = models.DateTimeField(null=True)
    scheduled_until = models.DateTimeField(null=True)
    turns_by_itself = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    monitoring_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(resolved_at=None, retracted_at=None),
                name="statuspage_one_open_per_incident",
            )
        ]
        indexes = [models.Index(fields=["kind", "-started_at"], name="statuspage_by_start")]


class Named(models.Model):
    """A component that an incident names."""

    incident = models.ForeignKey(PublicIncident, on_delete=models.CASCADE, related_name="named")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "component"], name="statuspage_named_once")]


class Update(models.Model):
    """What was told the public. `key` makes a second press of the same button the same update."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, default=new_code, unique=True)
    incident = models.ForeignKey(PublicIncident, on_delete=models.CASCADE, related_name="updates")
    status = models.CharField(max_length=20)
    body = models.TextField()
    affected = models.JSONField(default=list)
    notify = models.BooleanField(default=True)
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=80, null=True, unique=True)
    display_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)


class Text(models.Model):
    """A text agreed on beforehand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=20)
    body = models.TextField()


class Subscriber(models.Model):
    """Somebody who wants to be told. Without `components` about everything."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    address = SealedTextField(blank=True)
    address_hash = models.CharField(max_length=64)
    address_hint = models.CharField(max_length=160)
    destination = models.ForeignKey("delivery.Destination", null=True, on_delete=models.SET_NULL, related_name="+")
    components = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="pending")
    failures = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "address_hash"], name="statuspage_subscribed_once")]
        indexes = [models.Index(fields=["state", "id"], name="statuspage_subscribers")]


class Asset(models.Model):
    """One file of the page as it is served. `source` is what it was made from, so that the same is not made again."""

    path = models.CharField(max_length=200, primary_key=True)
    content_type = models.CharField(max_length=80)
    body = models.BinaryField()
    packed = models.BinaryField()
    etag = models.CharField(max_length=40)
    source = models.CharField(max_length=64, blank=True)


class Publication(models.Model):
    """How often something changed (`wanted`), up to which change the files are made, and their version."""

    single = models.BooleanField(primary_key=True, default=True)
    wanted = models.BigIntegerField(default=0)
    rendered = models.BigIntegerField(default=-1)
    version = models.BigIntegerField(default=0)
    rendered_at = models.DateTimeField(null=True)
