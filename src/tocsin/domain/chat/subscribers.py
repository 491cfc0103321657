"""Follows incidents: what happens in one is told in its channels. Costs nothing while no chat is set up."""

import time
from typing import Any

from tocsin.core.log import Recorded, reaction, registered
from tocsin.domain.chat.commands.channels import reconcile
from tocsin.domain.chat.jobs import invite_soon
from tocsin.domain.chat.models import ChatChannel
from tocsin.domain.chat.ports import chats
from tocsin.domain.incidents import events as incidents
from tocsin.domain.oncall import events as oncall
from tocsin.kernel.ids import id_of

_REMEMBERED = 2.0
_known: tuple[float, bool] | None = None
_TYPES = [cls for name, cls in registered().items() if name.startswith(("incidents.", "oncall.", "chat."))]


def _anybody(_type: str) -> bool:
    """Whether a chat is set up. At most one query per vendor in two seconds."""
    global _known
    if _known is None or time.monotonic() - _known[0] > _REMEMBERED:
        _known = (time.monotonic(), any(not chat.problem() for chat in chats().values()))
    return _known[1]


def forget() -> None:
    """Ask again at the next event: a chat was set up in this process."""
    global _known
    _known = None


@reaction(*_TYPES, name="chat.followed", when=_anybody)
def followed(recorded: Recorded[Any]) -> None:
    """Something happened in an incident."""
    if recorded.stream.startswith("incident:"):
        reconcile(recorded.subject_id)


@reaction(incidents.RoleTaken, oncall.Acknowledged, name="chat.joined", when=_anybody)
def joined(recorded: Recorded[Any]) -> None:
    """Whoever takes it, or a part of it, is brought into its channels."""
    if not recorded.stream.startswith("incident:"):
        return
    for row in ChatChannel.objects.filter(incident_id=id_of(recorded.subject_id), state="open"):
        invite_soon(row, [recorded.event.person])
