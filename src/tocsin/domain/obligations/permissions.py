"""Rights of the obligations room. Who may see what follows the incident (its gate)."""

from tocsin.kernel.actor import COMMANDERS, RESPONDERS, STAFF, Permission

VIEW = Permission("obligations.view", STAFF, "see legal clocks")
NOTE = Permission("obligations.note", RESPONDERS, "note facts for legal clocks")
DECIDE = Permission("obligations.decide", COMMANDERS, "decide about notifications to authorities")
