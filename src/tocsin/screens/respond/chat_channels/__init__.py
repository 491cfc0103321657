"""The incident's channels in the team's chat: open one, see what it came to, leave it."""
