"""Alerts: what other tools say is wrong, deduplicated, routed, grouped and silenced, ready to become incidents."""
