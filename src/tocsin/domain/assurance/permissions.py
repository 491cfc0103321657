"""Rights of this room."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

VIEW = Permission("assurance.view", STAFF, "see who can be reached")
AUDIT = Permission("assurance.audit", ADMINISTRATORS, "have reachability looked at now")
TEST = Permission("assurance.test", STAFF, "send yourself a test page")
TEST_OTHERS = Permission("assurance.test_others", ADMINISTRATORS, "send test pages to others")
