"""Rights of this room."""

from tocsin.kernel.actor import ADMINISTRATORS, STAFF, Permission

VIEW = Permission("drill.view", STAFF, "see a drill")
PLAY = Permission("drill.play", ADMINISTRATORS, "start or steer a drill")
