"""Incident Documentation Portal: every incident with its report, and the report of one incident to read and write."""
