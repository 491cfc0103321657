"""Lets webhooks hear what happens: stands above all rooms, because only here every event type is known."""

from tocsin.core.log import Event, Recorded, reaction, registered
from tocsin.domain.delivery.commands import hear
from tocsin.domain.delivery.webhook_types import anybody_hears, offered
from tocsin.kernel.actor import system

LISTENER = system("api.webhooks")
_OFFERED = [registered()[name] for name in offered()]


@reaction(*_OFFERED, name="api.webhooks", when=anybody_hears)
def tell_webhooks(recorded: Recorded[Event]) -> None:
    """A notice for every webhook that wants the event and may have it."""
    hear(LISTENER, recorded=recorded)
