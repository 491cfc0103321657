"""Staff alerts: one message to many people who must answer it."""
