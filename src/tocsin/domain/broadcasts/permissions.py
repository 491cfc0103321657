"""What one may do with staff alerts, and who."""

from tocsin.kernel.actor import COMMANDERS, STAFF, Permission, Role

VIEW = Permission("broadcasts.view", STAFF, "see staff alerts")
SEND = Permission("broadcasts.send", COMMANDERS | {Role.COMMUNICATOR}, "alert the staff")
