"""Rights of the rulebooks room."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

SEE = Permission("rulebooks.see", STAFF, "see targets, matrix and clocks")
PUBLISH = Permission("rulebooks.publish", ADMINISTRATORS, "change targets, matrix or clocks")
