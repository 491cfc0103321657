"""Pure decisions about alerts: who they are, where they go, what a signal does to them. No Django, no I/O."""
