"""Under whose name this room learns."""

from tocsin.kernel.actor import system

TOCSIN = system("triage")
LEARNING = "learning:all"
