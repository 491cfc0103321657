"""What people may do with people, teams, tokens and the organisation, and which roles may."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

SEE = Permission("accounts.see", STAFF, "see people and teams")
CHANGE_OWN = Permission("accounts.change_own", STAFF, "change your own profile")
MANAGE_PEOPLE = Permission("accounts.manage_people", ADMINISTRATORS, "add or change people and teams")
MANAGE_TOKENS = Permission("accounts.manage_tokens", ADMINISTRATORS, "add or revoke API tokens")
CHANGE_ORGANISATION = Permission("accounts.change_organisation", ADMINISTRATORS, "change the organisation's settings")
