"""Rights of this room."""

from tocsin.kernel.actor import ADMINISTRATORS, COMMANDERS, STAFF, Permission

SEND = Permission("delivery.send", STAFF, "send messages")
READ = Permission("delivery.read", STAFF, "see what was sent")
OWN = Permission("delivery.own", STAFF, "change your contact methods")
MANAGE = Permission("delivery.manage", ADMINISTRATORS, "change the contact methods of others")
CHANNELS = Permission("delivery.channels", ADMINISTRATORS, "set up channels")
SUBSCRIBE = Permission("delivery.subscribe", COMMANDERS | ADMINISTRATORS, "have events sent to webhooks")
LISTEN = Permission("delivery.listen", frozenset(), "tell webhooks what happened")
