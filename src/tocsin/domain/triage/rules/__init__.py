"""Pure decisions of triage: what an incident probably is, and which earlier ones are like it."""
