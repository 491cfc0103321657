"""An account at a vendor, so that there is a channel to look at, to try and to remove."""

from tests.access.world import SYSTEM, World
from tocsin.domain.delivery import commands


def make(world: World) -> dict[str, str]:
    """Nothing is sent there by itself."""
    config = {
        "account_sid": "AC00000000000000000000000000000000",
        "auth_token": "not-a-real-token",
        "sender": "+15550100100",
    }
    commands.save_channel(SYSTEM, name="twilio", config=config)
    return {}
