"""Microsoft Teams: messages out through a workflow's webhook, as an Adaptive Card."""
