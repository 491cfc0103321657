"""PagerDuty: clients of its Events API v2 send here after a change of address and key."""
