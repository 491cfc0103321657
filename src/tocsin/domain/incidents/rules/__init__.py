"""Pure decisions of an incident: its states, size, deadlines and roles. No Django, no I/O; the time is passed in."""
