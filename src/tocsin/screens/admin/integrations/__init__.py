"""Integrations: connect sources of alerts, give out their addresses, see a test alert go its way."""
