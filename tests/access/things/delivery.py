"""A webhook and a notice of it that was sent."""

from tests.access.world import World
from tocsin.domain.delivery import commands


def make(world: World) -> dict[str, str]:
    """Its address is refused at the post, so that nothing leaves."""
    ada = world.actor("administrator")
    hook = commands.add_webhook(ada, name="Data lake", url="http://127.0.0.1:9/hook", types=["statuspage.*"])
    return {"webhook": hook, "notice": commands.test_webhook(ada, webhook_id=hook)}
