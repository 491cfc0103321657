"""Rights of this room."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

SEND = Permission("delivery.send", STAFF, "send messages")
READ = Permission("delivery.read", STAFF, "see what was sent")
OWN = Permission("delivery.own", STAFF, "change your contact methods")
MANAGE = Permission("delivery.manage", ADMINISTRATORS, "change the contact methods of others")
