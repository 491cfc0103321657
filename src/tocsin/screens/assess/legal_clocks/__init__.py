"""Legal clocks of an incident: what may apply, what is owed to whom by when, what was sent and decided, and why."""
