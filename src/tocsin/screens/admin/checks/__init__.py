"""Checks: what is asked, how it stands, one check with its answers, add, change, run now. Also a heartbeat's door."""
