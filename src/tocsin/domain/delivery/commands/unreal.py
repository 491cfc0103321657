"""Takes messages of a demonstration out of the ledger. Nobody removes what was really sent."""

from collections.abc import Collection

from tocsin.domain.delivery.models import Delivery
from tocsin.domain.delivery.rules import SETTLED
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import Denied


def remove_unreal(actor: Actor, *, keys: Collection[str]) -> None:
    """Remove the settled deliveries of these keys; the log keeps its entries. Only Tocsin's own workers may."""
    if not actor.is_system:
        raise Denied("Messages cannot be removed.")
    Delivery.objects.filter(key__in=list(keys), state__in=list(SETTLED)).delete()
