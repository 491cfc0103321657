"""What this room does when something happens in an incident, or when a message of it cannot be delivered."""

from typing import Any

from tocsin.core.log import Recorded, reaction
from tocsin.domain.accounts.queries import actor_of
from tocsin.domain.catalog.events import ServiceRemoved
from tocsin.domain.delivery import events as delivery
from tocsin.domain.incidents import events as incidents
from tocsin.domain.statuspage.commands import reacting, subscribing
from tocsin.domain.statuspage.commands.incidents import FROM_INSIDE
from tocsin.domain.statuspage.commands.loading import TOCSIN, changed
from tocsin.domain.statuspage.permissions import PUBLISH
from tocsin.kernel.actor import Actor
from tocsin.kernel.errors import NotFound


@reaction(incidents.StatusUpdateSent, name="statuspage.public_text")
def public_text(recorded: Recorded[incidents.StatusUpdateSent]) -> None:
    """A status update with a public text: the page says it too, if it was not written there."""
    said = recorded.event
    if said.public and not said.published:
        reacting.public_text(
            recorded.subject_id,
            text=said.public,
            key=f"{FROM_INSIDE}{said.update}",
            author=_author(said.author),
            next_update_at=said.next_public_at,
        )


def _author(id_: str) -> Actor:
    # Whoever may inform inside may do so in public by the same words, even without a right on the page itself.
    try:
        found = actor_of(id_)
    except NotFound:
        return TOCSIN
    return found if found.has(PUBLISH) else TOCSIN


@reaction(incidents.Declared, incidents.Confirmed, incidents.Responding, name="statuspage.confirmed")
def confirmed(recorded: Recorded[Any]) -> None:
    """An incident is real."""
    reacting.confirmed(recorded.subject_id)


@reaction(incidents.Resolved, incidents.Dismissed, incidents.Merged, name="statuspage.over")
def over(recorded: Recorded[Any]) -> None:
    """An incident is over."""
    reacting.over(recorded.subject_id)


@reaction(incidents.Restricted, incidents.Released, name="statuspage.access_changed")
def access_changed(recorded: Recorded[Any]) -> None:
    """Who may know of an incident changed."""
    reacting.access_changed(recorded.subject_id)


@reaction(ServiceRemoved, name="statuspage.service_removed")
def service_removed(recorded: Recorded[ServiceRemoved]) -> None:
    """A component outlives its service; only the link is gone."""
    changed()


@reaction(delivery.Failed, name="statuspage.bounced")
def bounced(recorded: Recorded[delivery.Failed]) -> None:
    """A message to a subscriber was refused for good."""
    said = recorded.event
    if said.purpose.startswith("statuspage."):
        subscribing.failed(said.key, said.answer)
