"""Alarms about Tocsin itself, sent past its own deliveries: what is broken may be the very thing that sends.

Hides when an alarm is sent, and again. Never about the users' systems: those are alerts.
"""
