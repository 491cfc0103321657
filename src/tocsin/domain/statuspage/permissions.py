"""Rights of the status page room."""

from tocsin.kernel.actor import STAFF, Permission, Role

SEE = Permission("statuspage.see", STAFF, "see how the status page is made")
PUBLISH = Permission(
    "statuspage.publish",
    frozenset({Role.COMMUNICATOR, Role.COMMANDER, Role.ADMINISTRATOR}),
    "publish on the status page",
)
MANAGE = Permission(
    "statuspage.manage",
    frozenset({Role.COMMUNICATOR, Role.ADMINISTRATOR}),
    "change the status page, its components and its subscribers",
)
