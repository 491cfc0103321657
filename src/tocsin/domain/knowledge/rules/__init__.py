"""Pure decisions of the knowledge room: what a report says, what it proposes, how its review goes."""
