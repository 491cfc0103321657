"""What the log says about channels of a chat, on the stream of their incident."""

from tocsin.core.log import Event, event


@event("chat.channel_opened", mark="message-2")
class ChannelOpened(Event, frozen=True, kw_only=True):
    """The incident has a channel; what is said there and here is the same from now on."""

    vendor: str
    title: str
    name: str
    url: str = ""

    def sentence(self) -> str:
        """Its name."""
        return f"opened #{self.name} in {self.title}"


@event("chat.channel_closed", mark="message-2")
class ChannelClosed(Event, frozen=True, kw_only=True):
    """Nothing is said there or heard from there any more."""

    vendor: str
    title: str
    name: str
    reason: str

    def sentence(self) -> str:
        """Why."""
        return f"no longer follows #{self.name} in {self.title}: {self.reason}"


@event("chat.channel_failed", mark="alert-triangle")
class ChannelFailed(Event, frozen=True, kw_only=True):
    """The vendor refused; people are told where they look, and can try again."""

    vendor: str
    title: str
    reason: str

    def sentence(self) -> str:
        """What the vendor said."""
        return f"could not use {self.title}: {self.reason}"
