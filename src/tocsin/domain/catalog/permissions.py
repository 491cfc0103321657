"""What people may do with the catalogue, and which roles may."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

SEE = Permission("catalog.see", STAFF, "see the catalogue of services")
CHANGE = Permission("catalog.change", ADMINISTRATORS, "change the catalogue of services")
