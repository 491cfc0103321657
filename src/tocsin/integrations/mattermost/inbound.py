"""A button pressed in Mattermost: its address carries its own mark; the answer is shown to who pressed it alone."""

import json

from tocsin.domain.delivery.buttons import ButtonDoor
from tocsin.domain.delivery.doors import Back, register_door
from tocsin.integrations.mattermost.transport import DOOR


def _back(sentence: str, done: bool) -> Back:
    return Back(200, json.dumps({"ephemeral_text": sentence}, ensure_ascii=False).encode(), "application/json")


register_door(DOOR, ButtonDoor(_back, door=DOOR))
