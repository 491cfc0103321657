"""Pure decisions of being on call: who, when, and how urgently. No Django, no I/O; the time is passed in."""
