"""Webhooks that steps of a policy tell."""

from tests.access.world import World
from tocsin.domain.delivery import commands as delivery
from tocsin.kernel.actor import system

SYSTEM = system("test")


def make(world: World) -> dict[str, str]:
    """One webhook of the organisation."""
    hook = delivery.add_destination(
        SYSTEM, kind="webhook", address="https://hooks.example.org/bridge", label="Bridge bot"
    )
    return {"step_webhook_id": hook}
