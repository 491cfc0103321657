"""Rights of the triage room."""

from tocsin.kernel.actor import COMMANDERS, STAFF, Permission

VIEW = Permission("triage.view", STAFF, "see what was learned from incidents, and templates")
TEACH = Permission("triage.teach", COMMANDERS, "make Tocsin forget what it learned")
MANAGE = Permission("triage.manage", COMMANDERS, "change incident templates")
