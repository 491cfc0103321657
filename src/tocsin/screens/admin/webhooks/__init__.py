"""Settings of outgoing webhooks: programs that hear what happens."""
