"""Whoever is added to Tocsin can be reached by mail from that moment on."""

from tocsin.core.log import Recorded, reaction
from tocsin.domain.accounts.events import PersonAdded, PersonChanged
from tocsin.domain.accounts.queries import person
from tocsin.domain.delivery.commands import add_destination
from tocsin.domain.delivery.ports import transports
from tocsin.kernel.actor import system
from tocsin.kernel.errors import Refused

MAIL = "mail"
# The first administrator is named so until somebody says who it is: it would count as reachable and never be.
_NO_MAILBOX = "@localhost"
_SELF = system("delivery")


@reaction(PersonAdded, PersonChanged, name="delivery.own_mail")
def own_mail(recorded: Recorded[PersonAdded | PersonChanged]) -> None:
    """Give the person's own address as a contact method, proved: whoever added the person answers for it."""
    said = recorded.event
    if isinstance(said, PersonChanged) and "email" not in said.fields:
        return
    if MAIL not in transports():
        return
    try:
        address = person(_SELF, said.person).email
        if address.endswith(_NO_MAILBOX):
            return
        add_destination(_SELF, kind=MAIL, address=address, person_id=said.person, label="Mail", vouched=True)
    except Refused:
        # It is there already, or the person is gone or has no usable address: nothing to give.
        return
