"""Rights of the incidents room, and the rights that a role held in one incident brings for that incident alone.

Never decides who may see a restricted incident: that is the gate's (`gates`).
"""

from tocsin.kernel.actor import COMMANDERS, RESPONDERS, STAFF, Permission, Role

VIEW = Permission("incidents.view", STAFF, "see incidents")
DECLARE = Permission("incidents.declare", STAFF - {Role.VIEWER}, "declare an incident")
RESPOND = Permission("incidents.respond", RESPONDERS, "respond to an incident")
WRITE = Permission(
    "incidents.write", RESPONDERS | {Role.AGENT, Role.COMMUNICATOR}, "write to the timeline of an incident"
)
INFORM = Permission("incidents.inform", RESPONDERS | {Role.COMMUNICATOR}, "send a status update")
COMMAND = Permission("incidents.command", COMMANDERS, "command an incident")
RESTRICT = Permission("incidents.restrict", COMMANDERS, "restrict an incident to named people")
RELEASE = Permission(
    "incidents.release", frozenset({Role.SECURITY}), "release a restricted incident: that is the Security Lead's"
)
MANAGE = Permission("incidents.manage", COMMANDERS, "change the response teams")
