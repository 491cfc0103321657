"""Rights of this room."""

from tocsin.kernel.actor import COMMANDERS, RESPONDERS, STAFF, Permission

VIEW = Permission("monitoring.view", STAFF, "see checks")
RUN = Permission("monitoring.run", RESPONDERS, "run a check now")
ARRANGE = Permission("monitoring.arrange", COMMANDERS, "add or change a check")
RECORD = Permission("monitoring.record", frozenset(), "record what a check answered")
