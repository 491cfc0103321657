"""Rights of this room."""

from tocsin.kernel.actor import ADMINISTRATORS, COMMANDERS, RESPONDERS, STAFF, Permission

VIEW = Permission("alerts.view", STAFF, "see alerts")
HANDLE = Permission("alerts.handle", RESPONDERS, "acknowledge, silence or assign alerts")
ROUTE = Permission("alerts.route", COMMANDERS, "change where alerts go")
CONNECT = Permission("alerts.connect", ADMINISTRATORS, "connect or change a source of alerts")
ACCEPT = Permission("alerts.accept", frozenset(), "put alerts into the inbox")
