"""Rights of the knowledge room. Who may see a report is who may see its incident: that is the gate's (`access`)."""

from tocsin.kernel.actor import COMMANDERS, RESPONDERS, STAFF, Permission, Role

VIEW = Permission("knowledge.view", STAFF, "see reports")
WRITE = Permission("knowledge.write", RESPONDERS | {Role.AGENT, Role.COMMUNICATOR}, "write a report")
APPROVE = Permission("knowledge.approve", COMMANDERS, "approve a report")
