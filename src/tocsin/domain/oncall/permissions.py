"""What one may do around being on call, and who. Never looks at a subject: its own gate does."""

from tocsin.kernel.actor import ADMINISTRATORS, COMMANDERS, RESPONDERS, STAFF, Permission

VIEW = Permission("oncall.view", STAFF, "see who is on call")
PAGE = Permission("oncall.page", RESPONDERS, "page people")
ACKNOWLEDGE = Permission("oncall.acknowledge", RESPONDERS, "acknowledge a page")
OVERRIDE = Permission("oncall.override", RESPONDERS, "change who is on call for a while")
CONFIGURE = Permission("oncall.configure", COMMANDERS | ADMINISTRATORS, "change schedules and escalation policies")
PERSONAL = Permission("oncall.personal", STAFF, "change how you are paged")
PERSONAL_OF_OTHERS = Permission("oncall.personal_of_others", ADMINISTRATORS, "change how others are paged")
