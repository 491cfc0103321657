"""What became of a delivery. The provider's answer can name a mailbox, so it is sealed under its person's key."""

from typing import ClassVar

from tocsin.core.log import Event, event


class _Outcome(Event, frozen=True, kw_only=True):
    """Base: which delivery, for what, to whom, and the answer."""

    delivery: str
    purpose: str
    key: str
    subject_kind: str
    subject_id: str
    person: str
    kind: str
    answer: str
    sealed: ClassVar[dict[str, str]] = {"answer": "person"}

    def _about(self, words: str) -> str:
        return f"{words} ({self.kind}): {self.answer}" if self.answer else f"{words} ({self.kind})"


@event("delivery.sent", mark="send")
class Sent(_Outcome, frozen=True, kw_only=True):
    """The provider took the message."""

    def sentence(self) -> str:
        """The provider's answer."""
        return self._about("sent a message")


@event("delivery.delivered", mark="checks")
class Delivered(_Outcome, frozen=True, kw_only=True):
    """The provider says that the message arrived."""

    def sentence(self) -> str:
        """The provider's answer."""
        return self._about("heard that a message arrived")


@event("delivery.failed", mark="alert-triangle")
class Failed(_Outcome, frozen=True, kw_only=True):
    """The message will not be tried again."""

    def sentence(self) -> str:
        """The provider's answer."""
        return self._about("could not send a message")


@event("delivery.unknown", mark="help")
class Unknown(_Outcome, frozen=True, kw_only=True):
    """An attempt may or may not have arrived; written once, at the first doubt. It is tried again."""

    def sentence(self) -> str:
        """What broke."""
        return self._about("does not know whether a message arrived")


@event("delivery.delayed", mark="clock")
class Delayed(_Outcome, frozen=True, kw_only=True):
    """The first attempt did not go out; written once. It is tried again by and by, others need not wait for that."""

    def sentence(self) -> str:
        """What was in the way."""
        return self._about("could not send a message yet")


@event("delivery.suppressed", mark="ban")
class Suppressed(_Outcome, frozen=True, kw_only=True):
    """The message was not sent, for the reason in `answer`."""

    def sentence(self) -> str:
        """The reason."""
        return self._about("held a message back")


class _OfDestination(Event, frozen=True, kw_only=True):
    """Base: a contact method, by kind and the hint that may be shown."""

    destination: str
    person: str
    kind: str
    hint: str
    sealed: ClassVar[dict[str, str]] = {"hint": "person"}


@event("delivery.destination_added", mark="plus")
class DestinationAdded(_OfDestination, frozen=True, kw_only=True):
    """A contact method was added."""

    def sentence(self) -> str:
        """Kind and hint."""
        return f"added the contact method {self.kind} {self.hint}"


@event("delivery.destination_changed", mark="pencil")
class DestinationChanged(_OfDestination, frozen=True, kw_only=True):
    """A contact method was changed, switched on or off."""

    fields: list[str] = []

    def sentence(self) -> str:
        """Kind, hint and what changed."""
        return f"changed the contact method {self.kind} {self.hint}: {', '.join(self.fields)}"


@event("delivery.destination_removed", mark="trash")
class DestinationRemoved(_OfDestination, frozen=True, kw_only=True):
    """A contact method was removed; nothing is sent there any more."""

    def sentence(self) -> str:
        """Kind and hint."""
        return f"removed the contact method {self.kind} {self.hint}"


@event("delivery.destination_verified", mark="circle-check")
class DestinationVerified(_OfDestination, frozen=True, kw_only=True):
    """Somebody proved with a code, or an administrator vouched, that messages arrive there."""

    def sentence(self) -> str:
        """Kind and hint."""
        return f"verified the contact method {self.kind} {self.hint}"


@event("delivery.destination_ended", mark="ban")
class DestinationEnded(_OfDestination, frozen=True, kw_only=True):
    """A contact method was switched off because of what was said there: STOP, or a provider that knows it no more."""

    reason: str

    def sentence(self) -> str:
        """Kind, hint and the reason."""
        return f"switched the contact method {self.kind} {self.hint} off: {self.reason}"


@event("delivery.channel_changed", mark="pencil")
class ChannelChanged(Event, frozen=True, kw_only=True):
    """The account with a vendor was set up or changed. Names the settings, never a value."""

    channel: str
    title: str
    fields: list[str]

    def sentence(self) -> str:
        """The channel and what changed."""
        return f"changed the channel {self.title}: {', '.join(self.fields)}"


@event("delivery.channel_removed", mark="trash")
class ChannelRemoved(Event, frozen=True, kw_only=True):
    """The account with a vendor was removed; nothing is sent through it any more."""

    channel: str
    title: str

    def sentence(self) -> str:
        """The channel."""
        return f"removed the account of the channel {self.title}"


class _OfWebhook(Event, frozen=True, kw_only=True):
    """Base: a webhook by name and host."""

    webhook: str
    name: str
    host: str


@event("delivery.webhook_added", mark="plus")
class WebhookAdded(_OfWebhook, frozen=True, kw_only=True):
    """A webhook was added."""

    types: list[str]

    def sentence(self) -> str:
        """Name, host and what it hears."""
        return f"added the webhook {self.name} to {self.host} for {', '.join(self.types)}"


@event("delivery.webhook_changed", mark="pencil")
class WebhookChanged(_OfWebhook, frozen=True, kw_only=True):
    """A webhook was changed, paused or set going again."""

    what: str

    def sentence(self) -> str:
        """Name and what changed."""
        return f"changed the webhook {self.name}: {self.what}"


@event("delivery.webhook_quarantined", mark="alert-triangle")
class WebhookQuarantined(_OfWebhook, frozen=True, kw_only=True):
    """A webhook failed so often that Tocsin stopped posting to it; what happens meanwhile waits."""

    reason: str

    def sentence(self) -> str:
        """Name and the last answer."""
        return f"put the webhook {self.name} into quarantine: {self.reason}"


@event("delivery.webhook_removed", mark="trash")
class WebhookRemoved(_OfWebhook, frozen=True, kw_only=True):
    """A webhook was removed; nothing is sent there any more."""

    def sentence(self) -> str:
        """Name and host."""
        return f"removed the webhook {self.name} to {self.host}"
