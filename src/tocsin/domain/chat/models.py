"""Tables of the chat room. What was said stands in the log, never here: an order's words go once it is carried out."""

from django.db import models
from django.db.models import Q

from tocsin.core.secrets.sealing import SealedTextField
from tocsin.kernel.ids import new_id


class ChatChannel(models.Model):
    """An incident's channel at one vendor. `said_seq`: up to where its log was told there.

    `state`: asked (to be made), open, closed (the incident is over, restricted, or somebody left), failed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="+")
    vendor = models.CharField(max_length=40)
    place = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, default="asked")
    problem = models.CharField(max_length=300, blank=True)
    topic = models.CharField(max_length=300, blank=True)
    said_seq = models.PositiveBigIntegerField(default=0)
    doubtful = models.BooleanField(default=False)
    """An attempt to say the next entry may have arrived: it is looked for before it is said again."""
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "vendor"], condition=~Q(state="closed"), name="chat_one_channel_per_incident"
            ),
        ]
        indexes = [models.Index(fields=["vendor", "place"], name="chat_channel_place")]


class Mirrored(models.Model):
    """An entry of the log and the message that says the same in the chat, whichever came first."""

    channel = models.ForeignKey(ChatChannel, on_delete=models.CASCADE, related_name="mirrored")
    seq = models.PositiveBigIntegerField()
    remote = models.CharField(max_length=120)
    heard = models.BooleanField()
    note = models.CharField(max_length=36, blank=True)
    """The note that a message heard became, so that a correction there corrects it here."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="chat_entry_once")]


class Heard(models.Model):
    """Something said in a chat, taken in before the vendor was told so. `state`: waiting, done, refused, failed."""

    id = models.BigAutoField(primary_key=True)
    vendor = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    place = models.CharField(max_length=120)
    user = models.CharField(max_length=120)
    user_name = models.CharField(max_length=120, blank=True)
    text = SealedTextField(blank=True)
    back = SealedTextField(blank=True)
    revises = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    answer = SealedTextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "name"], name="chat_heard_once")]
        indexes = [models.Index(fields=["vendor", "place", "id"], condition=Q(state="waiting"), name="chat_waiting")]


class Acquaintance(models.Model):
    """Who a user of a chat is here. Without a person: looked up at `asked_at`, and nobody of ours."""

    vendor = models.CharField(max_length=40)
    user = models.CharField(max_length=120)
    name = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "user"], name="chat_acquaintance_once")]
